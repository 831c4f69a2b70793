#include "engine/likeliest.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include "engine/wide.hpp"

namespace engine {
namespace {

constexpr std::size_t kGroup = 64;
constexpr float kNone = -std::numeric_limits<float>::infinity();

[[gnu::always_inline]] inline float greatest(std::span<const float> group) {
    // In lanes, as one running maximum would be computed one score at a time.
    constexpr std::size_t kLanes = 16;
    std::array<float, kLanes> most{};
    most.fill(kNone);
    std::size_t at = 0;
    for (; at + kLanes <= group.size(); at += kLanes) {
        for (std::size_t i = 0; i < kLanes; ++i) most[i] = std::max(most[i], group[at + i]);
    }
    for (; at < group.size(); ++at) most[0] = std::max(most[0], group[at]);
    return *std::ranges::max_element(most);
}

[[gnu::always_inline]] inline void greatest_of_groups(std::span<const float> scores,
                                                      std::span<float> groups) {
    for (std::size_t group = 0; group < groups.size(); ++group) {
        const std::size_t from = group * kGroup;
        groups[group] = greatest(scores.subspan(from, std::min(kGroup, scores.size() - from)));
    }
}

LOCI_WIDE void greatest_of_groups_wide(std::span<const float> scores, std::span<float> groups) {
    greatest_of_groups(scores, groups);
}

}  // namespace

void likeliest(std::span<const float> scores, std::size_t count,
               std::vector<std::uint32_t>& places) {
    places.clear();
    if (count == 0) return;
    std::vector<float> groups((scores.size() + kGroup - 1) / kGroup);
    if (has_wide_registers()) {
        greatest_of_groups_wide(scores, groups);
    } else {
        greatest_of_groups(scores, groups);
    }
    // As many groups as are wanted have a score that reaches this, so as many scores do.
    float enough = kNone;
    if (count <= groups.size()) {
        auto order = groups;
        const auto last = order.begin() + static_cast<std::ptrdiff_t>(count - 1);
        std::ranges::nth_element(order, last, std::greater<>());
        enough = *last;
    }
    for (std::size_t group = 0; group < groups.size(); ++group) {
        if (groups[group] < enough) continue;
        const std::size_t end = std::min(scores.size(), (group + 1) * kGroup);
        for (std::size_t at = group * kGroup; at < end; ++at) {
            if (scores[at] >= enough) places.push_back(static_cast<std::uint32_t>(at));
        }
    }
}

}  // namespace engine

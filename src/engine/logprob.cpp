#include "engine/logprob.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engine/wide.hpp"

namespace engine {
namespace {

// e^x for x <= 0 by splitting 2^y into exponent bits and a cubic; unlike std::exp the compiler
// can run it over many scores at once, and a vocabulary has fifty thousand.
inline float quick_exp(float x) {
    const float y = std::max(x * 1.44269504f, -126.0f);
    const float floor = static_cast<float>(static_cast<int>(y) - (y < 0.0f ? 1 : 0));
    const float part = y - floor;
    const float cubic = 1.0f + part * (0.695501f + part * (0.226173f + part * 0.078024f));
    const auto bits = static_cast<std::uint32_t>(static_cast<int>(floor) + 127) << 23;
    return std::bit_cast<float>(bits) * cubic;
}

[[gnu::always_inline]] inline double compute(std::span<const float> scores, std::size_t chosen) {
    // A lane for each place of a group: floats may not be added in another order than is written,
    // so one running sum would be computed one score at a time.
    constexpr std::size_t kLanes = 16;
    const std::size_t whole = scores.size() - scores.size() % kLanes;
    std::array<float, kLanes> most{};
    most.fill(scores[0]);
    for (std::size_t at = 0; at < whole; at += kLanes) {
        for (std::size_t i = 0; i < kLanes; ++i) most[i] = std::max(most[i], scores[at + i]);
    }
    for (const float score : scores.subspan(whole)) most[0] = std::max(most[0], score);
    const float peak = *std::ranges::max_element(most);

    std::array<float, kLanes> sums{};
    for (std::size_t at = 0; at < whole; at += kLanes) {
        for (std::size_t i = 0; i < kLanes; ++i) sums[i] += quick_exp(scores[at + i] - peak);
    }
    for (const float score : scores.subspan(whole)) sums[0] += quick_exp(score - peak);
    const double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    return static_cast<double>(scores[chosen] - peak) - std::log(sum);
}

LOCI_WIDE double compute_wide(std::span<const float> scores, std::size_t chosen) {
    return compute(scores, chosen);
}

}  // namespace

double log_probability(std::span<const float> scores, std::size_t chosen) {
    return has_wide_registers() ? compute_wide(scores, chosen) : compute(scores, chosen);
}

}  // namespace engine

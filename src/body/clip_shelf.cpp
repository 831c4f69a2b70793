#include "body/clip_shelf.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace body {
namespace {

constexpr float kSteadyHips = 0.06F;  // of the height at rest

bool leaves_legs_alone(const Clip& clip) {
    if (clip.upper_body || clip.additive) return true;
    if (clip.is_transition() || clip.turned() != 0) return false;
    for (const Vec3& key : clip.hips.keys) {
        const Vec3 off = key - clip.hips.keys.front();
        if (length(off) > kSteadyHips) return false;
    }
    const auto always = [](const FootTrack& foot) {
        return !foot.times.empty() && std::ranges::find(foot.planted, 0) == foot.planted.end();
    };
    if (always(clip.left_foot) && always(clip.right_foot)) return true;
    return std::ranges::none_of(clip.rotations, [](const RotationTrack& track) {
        return !is_upper(track.bone) && track.bone != Bone::hips;
    });
}

std::vector<int> channels_of(const Clip& clip, std::span<const std::string> expressions) {
    std::vector<int> channels;
    channels.reserve(clip.weights.size());
    for (const auto& track : clip.weights) {
        const auto found = std::ranges::find(expressions, track.expression);
        channels.push_back(
            found == expressions.end() ? -1 : static_cast<int>(found - expressions.begin()));
    }
    return channels;
}

// The n-th of those that fit, n by chance (without chance the first).
template <typename Fits>
const Movement* pick(std::span<const std::unique_ptr<Movement>> from, Chance* chance, Fits fits) {
    std::uint32_t count = 0;
    for (const auto& each : from) count += fits(*each) ? 1U : 0U;
    std::uint32_t wanted = chance != nullptr ? chance->below(count) : 0;
    for (const auto& each : from) {
        if (fits(*each) && wanted-- == 0) return each.get();
    }
    return nullptr;
}

}  // namespace

const Movement* ClipShelf::add(Clip clip, std::span<const std::string> expressions) {
    auto movement = std::make_unique<Movement>();
    movement->turned = clip.turned();
    movement->above_hips = leaves_legs_alone(clip);
    movement->channels = channels_of(clip, expressions);
    movement->clip = std::move(clip);
    const auto place = std::ranges::lower_bound(movements_, movement->clip.name, {},
                                                [](const auto& each) { return each->clip.name; });
    return movements_.insert(place, std::move(movement))->get();
}

std::unique_ptr<Movement> ClipShelf::take(std::string_view name) {
    const auto found =
        std::ranges::find_if(movements_, [&](const auto& each) { return each->clip.name == name; });
    if (found == movements_.end()) return nullptr;
    auto taken = std::move(*found);
    movements_.erase(found);
    return taken;
}

void ClipShelf::resolve(std::span<const std::string> expressions) {
    for (auto& each : movements_) each->channels = channels_of(each->clip, expressions);
}

const Movement* ClipShelf::find(std::string_view name) const {
    for (const auto& each : movements_) {
        if (each->clip.name == name) return each.get();
    }
    return nullptr;
}

const Movement* ClipShelf::find(std::string_view name, Stance stance) const {
    const std::string_view suffix = stance_name(stance);
    for (const auto& each : movements_) {
        const std::string_view own = each->clip.name;
        if (own.size() == name.size() + 1 + suffix.size() && own.starts_with(name) &&
            own.ends_with(suffix) && own[name.size()] == '_') {
            return each.get();
        }
    }
    return find(name);
}

const Movement* ClipShelf::idle(Stance stance, Chance* chance, const Movement* but) const {
    const auto fits = [&](const Movement& each) {
        const Clip& clip = each.clip;
        return clip.loop && !clip.additive && !clip.upper_body && clip.starts_in == stance &&
               clip.name.find("idle") != std::string::npos;
    };
    const auto* other =
        pick(movements_, chance, [&](const Movement& each) { return &each != but && fits(each); });
    return other != nullptr ? other : pick(movements_, nullptr, fits);
}

const Movement* ClipShelf::overlay(std::string_view prefix, Chance* chance) const {
    return pick(movements_, chance, [&](const Movement& each) {
        return each.above_hips && each.clip.name.starts_with(prefix);
    });
}

Step ClipShelf::first_step(Stance from, Stance to) const {
    const Step forwards = first_step(from, to, false);
    return forwards.movement != nullptr ? forwards : first_step(from, to, true);
}

Step ClipShelf::first_step(Stance from, Stance to, bool backwards_too) const {
    // Breadth first from the goal back; four stances.
    std::array<int, kStances> far{};
    far.fill(-1);
    const auto far_of = [&](Stance stance) -> int& {
        return far[static_cast<std::size_t>(stance)];
    };
    far_of(to) = 0;
    const auto each_step = [&](auto visit) {
        for (const auto& each : movements_) {
            if (!each->clip.is_transition()) continue;
            visit(Step{.movement = each.get(), .backwards = false});
            if (backwards_too) visit(Step{.movement = each.get(), .backwards = true});
        }
    };
    for (int round = 0; round < static_cast<int>(kStances); ++round) {
        each_step([&](const Step& step) {
            if (far_of(step.to()) == round && far_of(step.from()) < 0)
                far_of(step.from()) = round + 1;
        });
    }
    Step first;
    if (far_of(from) <= 0) return first;
    each_step([&](const Step& step) {
        if (first.movement == nullptr && step.from() == from &&
            far_of(step.to()) == far_of(from) - 1)
            first = step;
    });
    return first;
}

std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    constexpr std::size_t kLongest = 64;
    a = a.substr(0, kLongest);
    b = b.substr(0, kLongest);
    std::array<std::size_t, kLongest + 1> row{};
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return std::min(row[b.size()], limit);
}

std::string ClipShelf::nearest(std::string_view name) const {
    std::vector<std::pair<std::size_t, std::string_view>> found;
    for (const auto& each : movements_) {
        const std::string_view own = each->clip.name;
        if (own.find("idle") != std::string_view::npos) continue;
        const bool inside =
            own.find(name) != std::string_view::npos || name.find(own) != std::string_view::npos;
        found.emplace_back(inside ? 0 : distance(name, own, 99), own);
    }
    std::ranges::sort(found);
    std::string names;
    for (std::size_t i = 0; i < found.size() && i < 3; ++i) {
        names += (i > 0 ? ", " : "") + std::string(found[i].second);
    }
    return names;
}

}  // namespace body

#include "body/clip.hpp"

#include <array>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr std::array<std::string_view, kStances> kStanceNames{"standing", "sitting", "kneeling",
                                                              "lying"};

struct Place {
    std::size_t before = 0;
    std::size_t after = 0;
    float part = 0;
};

// Keys around a time. Halving: a clip is looked at from many places and keeps no cursor.
Place find(const std::vector<float>& times, float time) {
    std::size_t low = 0;
    std::size_t high = times.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (times[middle] <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) return {};
    if (low == times.size()) return {.before = low - 1, .after = low - 1, .part = 0};
    const float span = times[low] - times[low - 1];
    return {
        .before = low - 1, .after = low, .part = span > 0 ? (time - times[low - 1]) / span : 0.0F};
}

// Does a place found in one track hold in another one?
bool same_place(const std::vector<float>& known, const std::vector<float>& times, Place place) {
    return known.size() == times.size() && known[place.before] == times[place.before] &&
           known[place.after] == times[place.after];
}

}  // namespace

std::string_view stance_name(Stance stance) {
    return kStanceNames[static_cast<std::size_t>(stance)];
}

std::optional<Stance> stance_named(std::string_view name) {
    for (std::size_t i = 0; i < kStances; ++i) {
        if (kStanceNames[i] == name) return static_cast<Stance>(i);
    }
    return std::nullopt;
}

float Clip::turned() const {
    if (loop || additive || upper_body) return 0;
    for (const auto& track : rotations) {
        if (track.bone != Bone::hips || track.keys.empty()) continue;
        const float angle = heading(track.keys.back() * conjugate(track.keys.front()));
        return angle > 0.1F || angle < -0.1F ? angle : 0.0F;
    }
    return 0;
}

void sample(const Clip& clip, float time, Posture& posture) {
    // Most clips are baked, all tracks at the same times: the place is found once.
    const std::vector<float>* known = nullptr;
    Place place;
    for (const auto& track : clip.rotations) {
        if (known == nullptr || !same_place(*known, track.times, place)) {
            place = find(track.times, time);
            known = &track.times;
        }
        posture.rotation[at(track.bone)] =
            blend(track.keys[place.before], track.keys[place.after], place.part);
    }
    if (!clip.hips.times.empty()) {
        const Place hips = find(clip.hips.times, time);
        posture.hips = mix(clip.hips.keys[hips.before], clip.hips.keys[hips.after], hips.part);
    }
}

float sample(const WeightTrack& track, float time) {
    if (track.times.empty()) return 0;
    const Place place = find(track.times, time);
    return mix(track.keys[place.before], track.keys[place.after], place.part);
}

bool is_planted(const FootTrack& track, float time) {
    if (track.times.empty()) return false;
    return track.planted[find(track.times, time).before] != 0;
}

}  // namespace body

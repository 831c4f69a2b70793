// Clip: one recorded movement in the character's own terms (normalised VRM bones, hips as a
// multiple of their height at rest), so that it fits every figure. A value; never changes after it
// was read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/humanoid.hpp"
#include "body/vec.hpp"

namespace body {

// How the character rests: what a clip begins in and what it leaves behind.
enum class Stance : std::uint8_t { standing, sitting, kneeling, lying };
inline constexpr std::size_t kStances = 4;
[[nodiscard]] std::string_view stance_name(Stance stance);
[[nodiscard]] std::optional<Stance> stance_named(std::string_view name);

struct RotationTrack {
    Bone bone = Bone::hips;
    std::vector<float> times;
    std::vector<Quat> keys;  // neighbours lie in the same half: linear blending is safe
};

struct HipsTrack {
    std::vector<float> times;
    std::vector<Vec3> keys;  // multiples of the hips' height at rest; y = 1 is standing
};

struct WeightTrack {
    std::string expression;
    std::vector<float> times;
    std::vector<float> keys;  // 0 … 1
};

struct FootTrack {
    std::vector<float> times;
    std::vector<std::uint8_t> planted;  // from this time on
};

struct Clip {
    std::string name;
    float duration = 0;  // seconds, above 0
    bool loop = false;
    bool additive = false;    // turns away from whatever the body does
    bool upper_body = false;  // moves only what is above the hips
    Stance starts_in = Stance::standing;
    Stance ends_in = Stance::standing;
    std::vector<RotationTrack> rotations;
    HipsTrack hips;
    std::vector<WeightTrack> weights;
    FootTrack left_foot;
    FootTrack right_foot;

    [[nodiscard]] bool is_transition() const { return starts_in != ends_in; }
    // How far the hips have turned about +Y when it ends, in radians; loops come back.
    [[nodiscard]] float turned() const;
};

// The clip at `time` seconds; what it has no track for stays as it was in `posture`.
void sample(const Clip& clip, float time, Posture& posture);
[[nodiscard]] float sample(const WeightTrack& track, float time);
// Is the foot marked as standing on the ground? False where the clip has no marks.
[[nodiscard]] bool is_planted(const FootTrack& track, float time);

}  // namespace body

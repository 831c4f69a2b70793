// The bones and the expressions that VRM 1.0 names. A character has some of them: nothing here
// takes an optional bone for granted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "body/vec.hpp"

namespace body {

enum class Bone : std::uint8_t {
    hips,
    spine,
    chest,
    upper_chest,
    neck,
    head,
    left_eye,
    right_eye,
    jaw,
    left_upper_leg,
    left_lower_leg,
    left_foot,
    left_toes,
    right_upper_leg,
    right_lower_leg,
    right_foot,
    right_toes,
    left_shoulder,
    left_upper_arm,
    left_lower_arm,
    left_hand,
    right_shoulder,
    right_upper_arm,
    right_lower_arm,
    right_hand,
    left_thumb_metacarpal,
    left_thumb_proximal,
    left_thumb_distal,
    left_index_proximal,
    left_index_intermediate,
    left_index_distal,
    left_middle_proximal,
    left_middle_intermediate,
    left_middle_distal,
    left_ring_proximal,
    left_ring_intermediate,
    left_ring_distal,
    left_little_proximal,
    left_little_intermediate,
    left_little_distal,
    right_thumb_metacarpal,
    right_thumb_proximal,
    right_thumb_distal,
    right_index_proximal,
    right_index_intermediate,
    right_index_distal,
    right_middle_proximal,
    right_middle_intermediate,
    right_middle_distal,
    right_ring_proximal,
    right_ring_intermediate,
    right_ring_distal,
    right_little_proximal,
    right_little_intermediate,
    right_little_distal,
};
inline constexpr std::size_t kBones = 55;

[[nodiscard]] constexpr std::size_t at(Bone bone) {
    return static_cast<std::size_t>(bone);
}
[[nodiscard]] std::string_view bone_name(Bone bone);
[[nodiscard]] std::optional<Bone> bone_named(std::string_view name);
// Spine and everything above it: what a gesture moves while the legs do something else.
[[nodiscard]] bool is_upper(Bone bone);
[[nodiscard]] Bone mirrored(Bone bone);

enum class Preset : std::uint8_t {
    happy,
    angry,
    sad,
    relaxed,
    surprised,
    aa,
    ih,
    ou,
    ee,
    oh,
    blink,
    blink_left,
    blink_right,
    look_up,
    look_down,
    look_left,
    look_right,
    neutral,
};
inline constexpr std::size_t kPresets = 18;

[[nodiscard]] constexpr std::size_t at(Preset preset) {
    return static_cast<std::size_t>(preset);
}
[[nodiscard]] std::string_view preset_name(Preset preset);
[[nodiscard]] std::optional<Preset> preset_named(std::string_view name);

// Local rotations of all bones, and where the hips are, as a multiple of their height at rest, so
// that it fits every size.
struct Posture {
    std::array<Quat, kBones> rotation{};
    Vec3 hips{0, 1, 0};
};

}  // namespace body

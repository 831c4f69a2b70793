#include "body/humanoid.hpp"

namespace body {
namespace {

constexpr std::array<std::string_view, kBones> kBoneNames{
    "hips",
    "spine",
    "chest",
    "upperChest",
    "neck",
    "head",
    "leftEye",
    "rightEye",
    "jaw",
    "leftUpperLeg",
    "leftLowerLeg",
    "leftFoot",
    "leftToes",
    "rightUpperLeg",
    "rightLowerLeg",
    "rightFoot",
    "rightToes",
    "leftShoulder",
    "leftUpperArm",
    "leftLowerArm",
    "leftHand",
    "rightShoulder",
    "rightUpperArm",
    "rightLowerArm",
    "rightHand",
    "leftThumbMetacarpal",
    "leftThumbProximal",
    "leftThumbDistal",
    "leftIndexProximal",
    "leftIndexIntermediate",
    "leftIndexDistal",
    "leftMiddleProximal",
    "leftMiddleIntermediate",
    "leftMiddleDistal",
    "leftRingProximal",
    "leftRingIntermediate",
    "leftRingDistal",
    "leftLittleProximal",
    "leftLittleIntermediate",
    "leftLittleDistal",
    "rightThumbMetacarpal",
    "rightThumbProximal",
    "rightThumbDistal",
    "rightIndexProximal",
    "rightIndexIntermediate",
    "rightIndexDistal",
    "rightMiddleProximal",
    "rightMiddleIntermediate",
    "rightMiddleDistal",
    "rightRingProximal",
    "rightRingIntermediate",
    "rightRingDistal",
    "rightLittleProximal",
    "rightLittleIntermediate",
    "rightLittleDistal",
};

constexpr std::array<std::string_view, kPresets> kPresetNames{
    "happy",      "angry",  "sad",      "relaxed",  "surprised", "aa",
    "ih",         "ou",     "ee",       "oh",       "blink",     "blinkLeft",
    "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight", "neutral",
};

}  // namespace

std::string_view bone_name(Bone bone) {
    return kBoneNames[at(bone)];
}

std::optional<Bone> bone_named(std::string_view name) {
    for (std::size_t i = 0; i < kBones; ++i) {
        if (kBoneNames[i] == name) return static_cast<Bone>(i);
    }
    return std::nullopt;
}

bool is_upper(Bone bone) {
    return bone != Bone::hips && (bone < Bone::left_upper_leg || bone > Bone::right_toes);
}

Bone mirrored(Bone bone) {
    const auto shifted = [bone](Bone left, Bone right, std::size_t count) -> std::optional<Bone> {
        const std::size_t i = at(bone);
        if (i >= at(left) && i < at(left) + count)
            return static_cast<Bone>(i - at(left) + at(right));
        if (i >= at(right) && i < at(right) + count)
            return static_cast<Bone>(i - at(right) + at(left));
        return std::nullopt;
    };
    if (const auto other = shifted(Bone::left_eye, Bone::right_eye, 1)) return *other;
    if (const auto other = shifted(Bone::left_upper_leg, Bone::right_upper_leg, 4)) return *other;
    if (const auto other = shifted(Bone::left_shoulder, Bone::right_shoulder, 4)) return *other;
    if (const auto other = shifted(Bone::left_thumb_metacarpal, Bone::right_thumb_metacarpal, 15))
        return *other;
    return bone;
}

std::string_view preset_name(Preset preset) {
    return kPresetNames[at(preset)];
}

std::optional<Preset> preset_named(std::string_view name) {
    for (std::size_t i = 0; i < kPresets; ++i) {
        if (kPresetNames[i] == name) return static_cast<Preset>(i);
    }
    return std::nullopt;
}

}  // namespace body

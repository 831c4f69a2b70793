// One tick of a Body: from what was asked to the numbers of the pose.
#include <algorithm>

#include "body/body.hpp"
#include "body/trig.hpp"

namespace body {
namespace {

// What the character has no bone for, its neighbour does: spine bones pass their turn downwards,
// neck and shoulders to what hangs on them.
void fold_missing(Posture& posture, const std::array<int, kBones>& slots) {
    const auto missing = [&](Bone bone) { return slots[at(bone)] < 0; };
    auto& r = posture.rotation;
    if (missing(Bone::upper_chest))
        r[at(Bone::chest)] = r[at(Bone::chest)] * r[at(Bone::upper_chest)];
    if (missing(Bone::chest)) r[at(Bone::spine)] = r[at(Bone::spine)] * r[at(Bone::chest)];
    if (missing(Bone::neck)) r[at(Bone::head)] = r[at(Bone::neck)] * r[at(Bone::head)];
    if (missing(Bone::left_shoulder))
        r[at(Bone::left_upper_arm)] = r[at(Bone::left_shoulder)] * r[at(Bone::left_upper_arm)];
    if (missing(Bone::right_shoulder))
        r[at(Bone::right_upper_arm)] = r[at(Bone::right_shoulder)] * r[at(Bone::right_upper_arm)];
}

}  // namespace

Vec3 Body::head_place(const Posture& posture) const {
    const float scale = spec_.hips_height;
    if (!has_rest_ || slots_[at(Bone::head)] < 0) {
        return posture.hips * scale + Vec3{0, .62F * scale, 0};
    }
    // Along the bones the character has.
    constexpr std::array kChain{Bone::hips,        Bone::spine, Bone::chest,
                                Bone::upper_chest, Bone::neck,  Bone::head};
    Vec3 place = posture.hips * scale;
    Vec3 last = rest_[at(Bone::hips)];
    Quat turn = posture.rotation[at(Bone::hips)];
    for (std::size_t i = 1; i < kChain.size(); ++i) {
        if (slots_[at(kChain[i])] >= 0) {
            place = place + rotate(turn, rest_[at(kChain[i])] - last);
            last = rest_[at(kChain[i])];
        }
        turn = turn * posture.rotation[at(kChain[i])];
    }
    return place;
}

void Body::move_body(bool speaking) {
    conductor_.step({.activity = activity_, .speaking = speaking, .still = still_}, chance_);
    player_.hold_idle(still_);
    player_.step();
    frame_ = player_.frame();
    legs_.note(frame_, spec_.hips_height);
    const bool rests = conductor_.rests();
    const bool stands = conductor_.stance() == Stance::standing;
    life_.step(
        {.activity = activity_,
         .arousal = mood_.arousal,
         .beat = speech_.beat(),
         .speaking = speaking,
         .still = still_,
         .hands_free = rests && !player_.has_overlays(),
         .may_sway = rests && stands && has_legs_ && frame_.left_planted && frame_.right_planted,
         .has_thinking_clip = conductor_.has_activity_clip()},
        frame_.posture, chance_);
    const Activity shown = speaking ? Activity::speaking : activity_;
    const bool jumped = gaze_.step({.head = head_place(frame_.posture),
                                    .chest = chest_turn(frame_.posture),
                                    .activity = shown,
                                    .look_share = face_.look_share(),
                                    .still = still_,
                                    .head_free = conductor_.stance() != Stance::lying},
                                   frame_.posture, chance_);
    if (jumped && !still_) face_.blink_soon();
    legs_.step(frame_, spec_.hips_height);
}

void Body::move_face(bool speaking, bool brows) {
    if (brows) {
        const Recipe& surprise = face_.map().preset(Preset::surprised);
        if (surprise[0].channel >= 0) {
            float& weight = frame_.weights[static_cast<std::size_t>(surprise[0].channel)];
            weight = std::max(weight, .16F);
        }
    }
    FaceInput input{.valence = mood_.valence,
                    .arousal = mood_.arousal,
                    .speaking = speaking,
                    .clip_weights = frame_.weights};
    if (speech_.active()) {
        input.mouth = speech_.mouth();
        input.lips_meet = speech_.lips_meet();
    } else {
        input.mouth = ear_.mouth();
    }
    face_.step(input, chance_);
}

void Body::advance() {
    ++tick_;
    apply_due();
    decay_mood();
    speech_.step(tick_);
    ear_.step();
    const bool speaking = speech_.active() || ear_.hears();
    move_body(speaking);
    move_face(speaking, life_.wants_brows());
    report_movements();
    std::erase_if(retired_, [this](const auto& each) { return !player_.plays(*each); });
    write_pose(frame_);
}

void Body::write_pose(const Frame& frame) {
    Posture posture = frame.posture;
    fold_missing(posture, slots_);
    for (std::size_t i = 0; i < kBones; ++i) {
        if (slots_[i] < 0) continue;
        float* out = &rotations_[static_cast<std::size_t>(slots_[i]) * 4];
        Quat q = normalized(posture.rotation[i]);
        // The same half as before: a stage may blend two poses number by number.
        if (dot(q, Quat{out[0], out[1], out[2], out[3]}) < 0) q = negated(q);
        out[0] = q.x;
        out[1] = q.y;
        out[2] = q.z;
        out[3] = q.w;
    }
    const Vec3 rest = rest_[at(Bone::hips)];
    pose_ = {.tick = tick_,
             .rotations = rotations_,
             .hips = posture.hips * spec_.hips_height + Vec3{rest.x, 0, rest.z},
             .weights = face_.weights(),
             .look_yaw = gaze_.eye_yaw(),
             .look_pitch = gaze_.eye_pitch(),
             .stance = conductor_.stance(),
             .activity = activity_,
             .turned = conductor_.is_turned(),
             .left_planted = frame.left_planted,
             .right_planted = frame.right_planted};
}

}  // namespace body

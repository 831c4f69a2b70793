#include "body/leg_lock.hpp"

#include <algorithm>

namespace body {
namespace {

constexpr float kStepSeconds = 0.3F;
constexpr float kStepFrom = 0.008F;       // metres of offset that ask for a step
constexpr float kLetGo = 0.004F / 60.0F;  // metres a tick
constexpr float kLift = 0.025F;           // of the hips' height
constexpr float kRelease = 0.6F / 60.0F;  // metres a tick, of a foot in the air

struct Leg {
    Bone upper;
    Bone lower;
    Bone foot;
};
constexpr std::array<Leg, 2> kLegs{
    Leg{.upper = Bone::left_upper_leg, .lower = Bone::left_lower_leg, .foot = Bone::left_foot},
    Leg{.upper = Bone::right_upper_leg, .lower = Bone::right_lower_leg, .foot = Bone::right_foot}};

struct Joints {
    Vec3 hip;
    Vec3 knee;
    Vec3 ankle;
};

Joints joints_of(const Posture& posture, const LegRest& rest, const Leg& leg, float scale) {
    const Quat hips = posture.rotation[at(Bone::hips)];
    const Quat upper = hips * posture.rotation[at(leg.upper)];
    const Quat lower = upper * posture.rotation[at(leg.lower)];
    Joints joints;
    joints.hip = posture.hips * scale + rotate(hips, rest.upper - rest.hips);
    joints.knee = joints.hip + rotate(upper, rest.lower - rest.upper);
    joints.ankle = joints.knee + rotate(lower, rest.foot - rest.lower);
    return joints;
}

// Where the knee goes when the ankle is to be at `goal`; it stays in the plane it bends in.
Vec3 bent_knee(const Joints& joints, Vec3 goal, float thigh, float shin) {
    const Vec3 line = goal - joints.hip;
    const float far = length(line);
    const Vec3 along = far > 1e-6F ? line * (1.0F / far) : Vec3{0, -1, 0};
    const float reach =
        clamped((thigh * thigh - shin * shin + far * far) / (2 * far), -thigh, thigh);
    Vec3 out = joints.knee - joints.hip;
    out = out - along * dot(out, along);
    if (dot(out, out) < 1e-8F) out = Vec3{0, 0, 1} - along * along.z;
    const float size = length(out);
    const float high = std::sqrt(std::max(0.0F, thigh * thigh - reach * reach));
    return joints.hip + along * reach + (size > 1e-6F ? out * (high / size) : Vec3{});
}

void place_ankle(Posture& posture, const LegRest& rest, const Leg& leg, float scale, Vec3 goal) {
    const Joints joints = joints_of(posture, rest, leg, scale);
    const float thigh = length(rest.lower - rest.upper);
    const float shin = length(rest.foot - rest.lower);
    // Not quite straight: a stretched knee has no plane and would flicker.
    const float longest = (thigh + shin) * 0.9995F;
    const Vec3 line = goal - joints.hip;
    const float far = length(line);
    if (far > longest) goal = joints.hip + line * (longest / far);
    const Vec3 knee = bent_knee(joints, goal, thigh, shin);

    const Quat hips = posture.rotation[at(Bone::hips)];
    const Quat upper = hips * posture.rotation[at(leg.upper)];
    const Quat lower = upper * posture.rotation[at(leg.lower)];
    const Quat foot = lower * posture.rotation[at(leg.foot)];
    const Quat new_upper = between(joints.knee - joints.hip, knee - joints.hip) * upper;
    const Vec3 shin_now =
        rotate(new_upper * posture.rotation[at(leg.lower)], rest.foot - rest.lower);
    const Quat new_lower =
        between(shin_now, goal - knee) * (new_upper * posture.rotation[at(leg.lower)]);
    posture.rotation[at(leg.upper)] = normalized(conjugate(hips) * new_upper);
    posture.rotation[at(leg.lower)] = normalized(conjugate(new_upper) * new_lower);
    posture.rotation[at(leg.foot)] = normalized(conjugate(new_lower) * foot);
}

Vec3 shortened(Vec3 v, float by) {
    const float size = length(v);
    return size > by ? v * ((size - by) / size) : Vec3{};
}

}  // namespace

Vec3 ankle(const Posture& posture, const LegRest& leg, bool is_left, float scale) {
    return joints_of(posture, leg, kLegs[is_left ? 0 : 1], scale).ankle;
}

void LegLock::forget() {
    feet_ = {};
}

void LegLock::step_foot(std::size_t side, Frame& frame, float scale) {
    const LegRest& rest = legs_[side];
    Foot& foot = feet_[side];
    const bool planted = side == 0 ? frame.left_planted : frame.right_planted;
    const Vec3 wanted = foot.wanted;
    float lift = 0;
    if (foot.stepping > 0) {
        // A step: the offset shrinks to nothing while the foot is in the air.
        const float before = eased(foot.stepping / kStepSeconds);
        foot.stepping -= kTickSeconds;
        const float after = eased(std::max(foot.stepping, 0.0F) / kStepSeconds);
        foot.offset = before > 0 ? foot.offset * (after / before) : Vec3{};
        lift = 4 * after * (1 - after) * kLift * scale;
        foot.locked = false;
    } else if (planted) {
        if (!foot.locked) foot.place = wanted + foot.offset;
        foot.locked = true;
        foot.offset = shortened(foot.place - wanted, kLetGo);
        foot.place = wanted + foot.offset;
        const bool other_in_air = feet_[1 - side].stepping > 0;
        if (length(foot.offset) > kStepFrom && !other_in_air) foot.stepping = kStepSeconds;
    } else {
        foot.locked = false;
        foot.offset = shortened(foot.offset, kRelease);
    }
    if (side == 0) frame.left_planted = foot.locked;
    if (side == 1) frame.right_planted = foot.locked;
    const Vec3 goal = wanted + foot.offset + Vec3{0, lift, 0};
    const Vec3 off = goal - joints_of(frame.posture, rest, kLegs[side], scale).ankle;
    if (dot(off, off) > 1e-12F) place_ankle(frame.posture, rest, kLegs[side], scale, goal);
}

void LegLock::note(const Frame& frame, float scale) {
    for (std::size_t side = 0; side < feet_.size(); ++side) {
        if (!legs_[side].known) continue;
        feet_[side].wanted = joints_of(frame.posture, legs_[side], kLegs[side], scale).ankle;
    }
}

void LegLock::step(Frame& frame, float scale) {
    for (std::size_t side = 0; side < feet_.size(); ++side) {
        if (legs_[side].known) step_foot(side, frame, scale);
    }
}

}  // namespace body

#include "body/gaze.hpp"

#include <cmath>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr float kHeadShare = .62F;
constexpr float kHeadYaw = 55 * kRadians;
constexpr float kHeadUp = -24 * kRadians;
constexpr float kHeadDown = 30 * kRadians;
constexpr float kEyeYaw = 27;  // degrees
constexpr float kEyePitch = 17;
constexpr float kBehind = 115 * kRadians;  // nobody looks over the shoulder that far
constexpr float kHeadSpring = 8.5F;
constexpr float kSaccade = 480.0F / 60.0F;  // degrees a tick
constexpr float kBlinkJump = 22 * kRadians;

// A spring without overshoot; stable for steps of a tick.
void follow(float& place, float& speed, float target, float stiffness) {
    const float pull = stiffness * stiffness * (target - place) - 2 * stiffness * speed;
    speed += pull * kTickSeconds;
    place += speed * kTickSeconds;
    // What has come to rest rests exactly: the neutral pose is the same after any storm.
    if (target == 0 && std::fabs(place) < 1e-5F && std::fabs(speed) < 1e-5F) place = speed = 0;
}

struct AwayHabit {
    float every_low, every_high;  // seconds
    float for_low, for_high;
    float yaw_low, yaw_high;  // degrees, to either side
    float pitch_low, pitch_high;
};

AwayHabit habit_of(Activity activity) {
    switch (activity) {
        case Activity::thinking:
            return {.6F, 1.4F, 1.4F, 3.2F, 12, 24, -15, -6};
        case Activity::speaking:
            return {2.8F, 6.5F, .5F, 1.3F, 7, 17, -6, 9};
        case Activity::listening:
            return {6, 12, .3F, .7F, 5, 11, -2, 6};
        case Activity::attentive:
            return {7, 13, .3F, .7F, 5, 10, -2, 5};
        case Activity::idle:
            break;
    }
    return {3.0F, 8.0F, .9F, 2.6F, 8, 26, -7, 10};
}

}  // namespace

Quat chest_turn(const Posture& posture) {
    const auto& r = posture.rotation;
    return r[at(Bone::hips)] * r[at(Bone::spine)] * r[at(Bone::chest)] * r[at(Bone::upper_chest)];
}

Quat head_turn(const Posture& posture) {
    return chest_turn(posture) * posture.rotation[at(Bone::neck)] *
           posture.rotation[at(Bone::head)];
}

void GazeKeeper::direct(const Gaze& gaze, Tick ticks) {
    directed_ = gaze;
    directed_left_ = ticks;
    away_left_ = 0;
}

GazeKeeper::Angles GazeKeeper::aim(const GazeInput& input) const {
    const Gaze& gaze = directed_left_ > 0 ? directed_ : wanted_;
    if (gaze.kind == GazeKind::none) return {};
    // A partner whose place is unknown stands in front, eye to eye.
    const Vec3 to = gaze.place ? *gaze.place - input.head : Vec3{0, 0, 1};
    if (!(dot(to, to) > 1e-4F)) return {};
    const Vec3 local = rotate(conjugate(input.chest), to);
    const Angles angles{
        .yaw = arc_tangent(local.x, local.z),
        .pitch = -arc_tangent(local.y, std::sqrt(local.x * local.x + local.z * local.z))};
    if (angles.yaw > kBehind || angles.yaw < -kBehind) return {};
    return angles;
}

void GazeKeeper::look_away(const GazeInput& input, Chance& chance) {
    const AwayHabit habit = habit_of(input.activity);
    if (away_left_ > 0) {
        away_left_ -= kTickSeconds;
        if (away_left_ <= 0) away_in_ = chance.between(habit.every_low, habit.every_high);
        return;
    }
    away_in_ -= kTickSeconds;
    if (away_in_ > habit.every_high) away_in_ = habit.every_high;
    if (away_in_ > 0) return;
    away_left_ = chance.between(habit.for_low, habit.for_high);
    const float side = chance.part() < .5F ? -1.0F : 1.0F;
    away_ = {.yaw = side * chance.between(habit.yaw_low, habit.yaw_high) * kRadians,
             .pitch = chance.between(habit.pitch_low, habit.pitch_high) * kRadians};
}

void GazeKeeper::turn_head(const GazeInput& input, Angles aimed, Posture& posture) {
    const float share = input.head_free && !input.still ? kHeadShare : 0.0F;
    follow(head_.yaw, head_speed_.yaw, clamped(aimed.yaw * share, -kHeadYaw, kHeadYaw),
           kHeadSpring);
    follow(head_.pitch, head_speed_.pitch, clamped(aimed.pitch * share, kHeadUp, kHeadDown),
           kHeadSpring);
    Quat& neck = posture.rotation[at(Bone::neck)];
    Quat& head = posture.rotation[at(Bone::head)];
    neck = turn_y(head_.yaw * .4F) * turn_x(head_.pitch * .35F) * neck;
    head = turn_y(head_.yaw * .6F) * turn_x(head_.pitch * .65F) * head;
}

bool GazeKeeper::step(const GazeInput& input, Posture& posture, Chance& chance) {
    const bool directed = directed_left_ > 0;
    if (directed) --directed_left_;
    Angles aimed = aim(input);
    if (input.still) {
        if (!directed) aimed = {};
        flick_ = {};
    } else if (!directed &&
               !(wanted_.kind == GazeKind::point && input.activity == Activity::idle)) {
        look_away(input, chance);
        if (away_left_ > 0) {
            aimed = {.yaw = clamped(aimed.yaw + away_.yaw, -kBehind, kBehind),
                     .pitch = aimed.pitch + away_.pitch};
        }
    }
    turn_head(input, aimed, posture);
    if (!input.still) {
        flick_in_ -= kTickSeconds;
        if (flick_in_ <= 0) {
            flick_in_ = chance.between(.25F, 1.8F);
            flick_ = {.yaw = chance.between(-1.6F, 1.6F), .pitch = chance.between(-.9F, .9F)};
        }
    }
    // The eyes make up for whatever the head does.
    const Quat to_aim = chest_turn(posture) * turn_y(aimed.yaw) * turn_x(aimed.pitch);
    const Vec3 local = rotate(conjugate(head_turn(posture)) * to_aim, Vec3{0, 0, 1});
    float yaw = arc_tangent(local.x, local.z) * kDegrees;
    float pitch =
        -arc_tangent(local.y, std::sqrt(local.x * local.x + local.z * local.z)) * kDegrees;
    if (yaw > 90 || yaw < -90) yaw = pitch = 0;
    yaw = clamped(yaw + flick_.yaw, -kEyeYaw, kEyeYaw) * input.look_share;
    pitch = clamped(pitch + flick_.pitch, -kEyePitch, kEyePitch) * input.look_share;
    eye_yaw_ = towards(eye_yaw_, yaw, kSaccade);
    eye_pitch_ = towards(eye_pitch_, pitch, kSaccade);
    const float jump =
        std::fabs(aimed.yaw - last_aim_.yaw) + std::fabs(aimed.pitch - last_aim_.pitch);
    last_aim_ = aimed;
    return jump > kBlinkJump;
}

}  // namespace body

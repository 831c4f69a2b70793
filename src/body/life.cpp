#include "body/life.hpp"

#include <cmath>

#include "body/trig.hpp"

namespace body {
namespace {

constexpr float kNodSeconds = .42F;

void turn_by(Posture& posture, Bone bone, Quat by) {
    posture.rotation[at(bone)] = posture.rotation[at(bone)] * by;
}

}  // namespace

void Life::Spring::follow(float target, float stiffness) {
    const float pull = stiffness * stiffness * (target - place) - 2 * stiffness * speed;
    speed += pull * kTickSeconds;
    place += speed * kTickSeconds;
    if (target == 0 && std::fabs(place) < 1e-5F && std::fabs(speed) < 1e-5F) place = speed = 0;
}

void Life::restart(Chance& chance) {
    *this = {};
    breath_ = chance.between(0, 2 * kPi);
    shift_in_ = chance.between(2, 6);
}

void Life::breathe(const LifeInput& input, Posture& posture) {
    breath_ += 2 * kPi * .23F * (1 + .5F * clamped(input.arousal, -.5F, 1)) * kTickSeconds;
    if (breath_ > 2 * kPi) breath_ -= 2 * kPi;
    const float in = sine(breath_) * awake_;
    turn_by(posture, Bone::spine, turn_x(-.3F * kRadians * in));
    turn_by(posture, Bone::chest, turn_x(-.8F * kRadians * in));
    turn_by(posture, Bone::upper_chest, turn_x(-.5F * kRadians * in));
    turn_by(posture, Bone::head, turn_x(.9F * kRadians * in));
    turn_by(posture, Bone::left_shoulder, turn_z(1.1F * kRadians * in));
    turn_by(posture, Bone::right_shoulder, turn_z(-1.1F * kRadians * in));
}

void Life::sway(const LifeInput& input, Posture& posture, Chance& chance) {
    shift_in_ -= kTickSeconds;
    if (shift_in_ <= 0) {
        shift_in_ = chance.between(4, 10);
        weight_goal_ = chance.between(-1, 1);
    }
    weight_.follow(input.may_sway ? weight_goal_ : 0.0F, 1.8F);
    const float lean = weight_.place * awake_;
    if (input.may_sway || lean > 1e-3F || lean < -1e-3F) {
        posture.hips.x += lean * .014F;
        posture.hips.y -= lean * lean * .004F;
        posture.rotation[at(Bone::hips)] =
            posture.rotation[at(Bone::hips)] * turn_z(lean * 1.2F * kRadians);
        turn_by(posture, Bone::spine, turn_z(-lean * 1.7F * kRadians));
        turn_by(posture, Bone::head, turn_z(lean * .6F * kRadians));
    }
}

void Life::nod(const LifeInput& input, Chance& chance) {
    if (nodding_ >= 0) {
        nodding_ += kTickSeconds;
        if (nodding_ >= kNodSeconds) nodding_ = --nods_ > 0 ? 0.0F : -1.0F;
        return;
    }
    if (input.activity != Activity::listening || input.still) return;
    nod_in_ -= kTickSeconds;
    if (nod_in_ > 0) return;
    nod_in_ = chance.between(2.4F, 6.0F);
    nodding_ = 0;
    nods_ = chance.part() < .35F ? 2 : 1;
}

void Life::follow_words(const LifeInput& input, Chance& chance) {
    wants_brows_ = false;
    if (hand_left_ > 0) hand_left_ -= kTickSeconds;
    if (hand_left_ <= 0 || !input.hands_free) left_goal_ = right_goal_ = 0;
    if (roll_left_ > 0) roll_left_ -= kTickSeconds;
    if (roll_left_ <= 0) roll_goal_ = 0;
    if (input.still || !input.speaking) return;
    const float lively = .7F + .5F * clamped(input.arousal, -.5F, 1);
    const bool strong = input.beat.exclaim;
    if ((input.beat.stress && chance.part() < .55F) || strong) {
        pitch_.speed += (strong ? 1.1F : .55F) * lively;
        if (input.hands_free && (strong || chance.part() < .5F)) {
            const float high = chance.between(.45F, .9F) * lively;
            const bool left = chance.part() < .35F;
            (left ? left_goal_ : right_goal_) = high;
            if (strong) left_goal_ = right_goal_ = high;
            hand_left_ = chance.between(.25F, .55F);
        }
    }
    if (input.beat.question) {
        roll_goal_ = (chance.part() < .5F ? -1.0F : 1.0F) * chance.between(4, 7) * kRadians;
        roll_left_ = 1.1F;
        wants_brows_ = true;
    }
    if (strong) wants_brows_ = true;
}

void Life::move_head(const LifeInput& input, Posture& posture) {
    const bool ponders = input.activity == Activity::thinking && !input.has_thinking_clip;
    const float aside = ponders && !input.still ? 5 * kRadians : roll_goal_;
    roll_.follow(aside, 7);
    pitch_.follow(ponders && !input.still ? -3 * kRadians : 0.0F, 11);
    float pitch = pitch_.place;
    if (nodding_ >= 0) {
        const float s = sine(kPi * nodding_ / kNodSeconds);
        pitch += s * s * 7 * kRadians * awake_;
    }
    turn_by(posture, Bone::neck, turn_x(pitch * .4F) * turn_z(roll_.place * .4F));
    turn_by(posture, Bone::head, turn_x(pitch * .6F) * turn_z(roll_.place * .6F));
}

void Life::move_hands(Posture& posture) const {
    const float left = left_hand_.place;
    const float right = right_hand_.place;
    if (left > 1e-3F) {
        turn_by(posture, Bone::left_upper_arm, turn_y(-10 * kRadians * left));
        turn_by(posture, Bone::left_lower_arm, turn_y(-42 * kRadians * left));
        turn_by(posture, Bone::left_hand, turn_x(-18 * kRadians * left));
    }
    if (right > 1e-3F) {
        turn_by(posture, Bone::right_upper_arm, turn_y(10 * kRadians * right));
        turn_by(posture, Bone::right_lower_arm, turn_y(42 * kRadians * right));
        turn_by(posture, Bone::right_hand, turn_x(-18 * kRadians * right));
    }
}

void Life::step(const LifeInput& input, Posture& posture, Chance& chance) {
    awake_ = towards(awake_, input.still ? 0.0F : 1.0F, kTickSeconds / .6F);
    breathe(input, posture);
    sway(input, posture, chance);
    nod(input, chance);
    follow_words(input, chance);
    move_head(input, posture);
    left_hand_.follow(left_goal_, 10);
    right_hand_.follow(right_goal_, 10);
    move_hands(posture);
}

}  // namespace body

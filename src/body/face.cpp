#include "body/face.hpp"

#include <algorithm>

namespace body {
namespace {

constexpr float kClose = .07F;  // seconds of the parts of a blink
constexpr float kShut = .05F;
constexpr float kOpen = .14F;
constexpr float kAttack = .16F;  // of the way in a tick
constexpr float kSinking = .05F;
constexpr float kSpeakingDamp = .5F;  // of an emotion, while speaking: its mouth would fight
constexpr float kMoodMost = .3F;

float approach(float now, float target, float rate) {
    const float wanted = now + (target - now) * (target > now ? kAttack : kSinking);
    const float step = rate * kTickSeconds;
    const float next = towards(now, wanted, step);
    return next < 5e-4F && target <= 0 ? 0.0F : next;
}

}  // namespace

void Blinker::restart(Chance& chance) {
    *this = {};
    until_ = chance.between(.8F, 3.5F);
}

float Blinker::step(bool may_blink, float arousal, Chance& chance) {
    if (running_ < 0) {
        until_ -= kTickSeconds;
        if ((until_ > 0 && !asked_) || !may_blink) return 0;
        running_ = 0;
        asked_ = false;
        twice_ = chance.part() < .12F;
    }
    running_ += kTickSeconds;
    float closed = 1;
    if (running_ < kClose) {
        closed = eased(running_ / kClose);
    } else if (running_ > kClose + kShut) {
        closed = 1 - eased((running_ - kClose - kShut) / kOpen);
    }
    if (running_ >= kClose + kShut + kOpen) {
        running_ = -1;
        const float calm = 1 - .4F * clamped(arousal, -.5F, 1);
        until_ = twice_ ? .06F : chance.between(1.8F, 6.0F) * calm;
        closed = 0;
    }
    return closed;
}

void FaceMixer::set_character(ExpressionMap map, std::span<const Overrides> overrides,
                              Chance& chance) {
    map_ = std::move(map);
    overrides_ = {};
    std::ranges::copy(overrides, overrides_.begin());
    for (std::size_t i = 0; i < kMostExpressions; ++i) {
        const auto preset = map_.preset_of(i);
        is_emotion_[i] = i < map_.size() && (!preset || *preset <= Preset::surprised);
    }
    weights_ = emotions_ = shown_ = {};
    clear_feeling();
    blinker_.restart(chance);
}

void FaceMixer::feel(const Recipe& recipe, float intensity, Tick ticks) {
    feeling_ = recipe;
    intensity_ = clamped(intensity, 0, 1);
    left_ = ticks;
    endless_ = ticks <= 0;
}

void FaceMixer::clear_feeling() {
    intensity_ = 0;
    left_ = 0;
    endless_ = false;
}

void FaceMixer::add(Channels& to, const Recipe& recipe, float weight) const {
    for (const Part& part : recipe) {
        if (part.channel < 0) continue;
        float& sum = to[static_cast<std::size_t>(part.channel)];
        sum = clamped(sum + part.factor * weight, 0, 1);
    }
}

void FaceMixer::add_mood(const FaceInput& input, Channels& wanted) const {
    const float good = clamped(input.valence, 0, 1) * kMoodMost;
    const float bad = clamped(-input.valence, 0, 1) * kMoodMost;
    const float lively = clamped((input.arousal + 1) * .5F, 0, 1);
    add(wanted, map_.preset(Preset::happy), good * lively);
    add(wanted, map_.preset(Preset::relaxed), good * (1 - lively));
    add(wanted, map_.preset(Preset::angry), bad * lively * .6F);
    add(wanted, map_.preset(Preset::sad), bad * (1 - lively * .6F));
}

void FaceMixer::mix_emotions(const FaceInput& input) {
    Channels wanted{};
    add_mood(input, wanted);
    if (!endless_ && left_ > 0) {
        --left_;
        if (left_ == 0) intensity_ = 0;
    }
    if (intensity_ > 0) {
        // The feeling of the sentence covers the mood.
        for (float& weight : wanted) weight *= 1 - intensity_;
        add(wanted, feeling_, intensity_);
    }
    float sum = 0;
    for (std::size_t i = 0; i < map_.size(); ++i) {
        // Mouth shapes that stand in for a missing emotion are smoothed with the emotions.
        if (is_emotion_[i]) wanted[i] = std::max(wanted[i], clamped(input.clip_weights[i], 0, 1));
        emotions_[i] = approach(emotions_[i], wanted[i], FaceRates::kEmotion);
        if (is_emotion_[i]) sum += emotions_[i];
    }
    speaking_ = towards(speaking_, input.speaking ? 1.0F : 0.0F, 4 * kTickSeconds);
    const float scale = sum > 1 ? 1 / sum : 1.0F;
    for (std::size_t i = 0; i < map_.size(); ++i) {
        if (!is_emotion_[i]) continue;
        // An expression that forbids the mouth to move steps back while there is something to say.
        const bool forbids = overrides_[i].mouth == Override::block;
        const float damp = forbids ? 1.0F : kSpeakingDamp;
        const float desired = emotions_[i] * scale * (1 - damp * speaking_);
        shown_[i] = towards(shown_[i], desired, FaceRates::kEmotion * kTickSeconds);
    }
}

float FaceMixer::share_left(Override Overrides::* kind) const {
    float left = 1;
    for (std::size_t i = 0; i < map_.size(); ++i) {
        if (!is_emotion_[i] || shown_[i] <= 0) continue;
        if (overrides_[i].*kind == Override::block) left = 0;
        if (overrides_[i].*kind == Override::blend) left *= 1 - shown_[i];
    }
    return clamped(left, 0, 1);
}

void FaceMixer::step(const FaceInput& input, Chance& chance) {
    mix_emotions(input);
    const float mouth_share = share_left(&Overrides::mouth);
    const float lid_share = share_left(&Overrides::blink);
    look_share_ = towards(look_share_, share_left(&Overrides::look_at), 8 * kTickSeconds);

    Channels wanted{};
    for (std::size_t i = 0; i < map_.size(); ++i) {
        const auto preset = map_.preset_of(i);
        if (preset && *preset >= Preset::aa && *preset <= Preset::oh && !input.speaking)
            wanted[i] = input.clip_weights[i];
    }
    float open = 0;
    for (const float vowel : input.mouth) open += clamped(vowel, 0, 1);
    const float fit = open > 1 ? 1 / open : 1.0F;
    for (std::size_t i = 0; i < kVowels; ++i) {
        const auto vowel = static_cast<Preset>(at(Preset::aa) + i);
        add(wanted, map_.preset(vowel), input.lips_meet ? 0 : clamped(input.mouth[i], 0, 1) * fit);
    }
    for (float& weight : wanted) weight *= mouth_share;

    Channels lids{};
    const float blink = blinker_.step(lid_share > .3F, input.arousal, chance);
    add(lids, map_.preset(Preset::blink), blink);
    for (std::size_t i = 0; i < map_.size(); ++i) {
        const auto preset = map_.preset_of(i);
        const bool is_lid = preset && *preset >= Preset::blink && *preset <= Preset::blink_right;
        const bool is_mouth = preset && *preset >= Preset::aa && *preset <= Preset::oh;
        if (is_lid) {
            const float closed =
                std::max(lids[i], clamped(input.clip_weights[i], 0, 1)) * lid_share;
            weights_[i] = towards(weights_[i], closed, FaceRates::kLids * kTickSeconds);
        } else if (is_mouth) {
            const float both = clamped(wanted[i] + emotions_[i] * (1 - speaking_), 0, 1);
            weights_[i] = towards(weights_[i], both, FaceRates::kMouth * kTickSeconds);
        } else if (is_emotion_[i]) {
            weights_[i] = shown_[i];
        }
    }
}

}  // namespace body

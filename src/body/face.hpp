// FaceMixer: all that wants to move the face, in layers: resting mood, then the feeling of the
// sentence, then the mouth that speaks, then the lids. Whatever comes in, every weight stays in
// 0 … 1, moves at most as fast as the rates below, and a blink is postponed but never lost.
// One Body's; allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "body/chance.hpp"
#include "body/character.hpp"
#include "body/directive.hpp"
#include "body/phonemes.hpp"

namespace body {

struct FaceRates {
    static constexpr float kEmotion = 6;  // weight per second
    static constexpr float kMouth = 20;
    static constexpr float kLids = 18;
};

// Blinks by chance, sooner when excited; what is due while it may not happen waits.
class Blinker {
public:
    void restart(Chance& chance);
    void ask() { asked_ = true; }  // a blink as soon as possible
    // How closed the lids are, 0 … 1.
    float step(bool may_blink, float arousal, Chance& chance);

private:
    float until_ = 2;
    float running_ = -1;  // seconds into a blink
    bool asked_ = false;
    bool twice_ = false;
};

struct FaceInput {
    float valence = 0;
    float arousal = 0;
    Mouth mouth{};
    bool lips_meet = false;
    bool speaking = false;
    // What the clips want of each expression.
    std::span<const float, kMostExpressions> clip_weights;
};

class FaceMixer {
public:
    void set_character(ExpressionMap map, std::span<const Overrides> overrides, Chance& chance);
    // A feeling for `ticks` from now on (0: until the next one); intensity 0 … 1.
    void feel(const Recipe& recipe, float intensity, Tick ticks);
    void clear_feeling();
    void blink_soon() { blinker_.ask(); }

    void step(const FaceInput& input, Chance& chance);

    [[nodiscard]] std::span<const float> weights() const { return {weights_.data(), map_.size()}; }
    // 1: the eyes may look anywhere; 0: an expression holds them.
    [[nodiscard]] float look_share() const { return look_share_; }
    [[nodiscard]] const ExpressionMap& map() const { return map_; }

private:
    using Channels = std::array<float, kMostExpressions>;
    void add(Channels& to, const Recipe& recipe, float weight) const;
    void add_mood(const FaceInput& input, Channels& wanted) const;
    void mix_emotions(const FaceInput& input);
    [[nodiscard]] float share_left(Override Overrides::* kind) const;

    ExpressionMap map_;
    std::array<Overrides, kMostExpressions> overrides_{};
    std::array<bool, kMostExpressions> is_emotion_{};
    Recipe feeling_{};
    float intensity_ = 0;
    Tick left_ = 0;
    bool endless_ = false;
    Channels emotions_{};  // smoothed, before what speaking takes from them
    Channels shown_{};     // emotions as shown
    Channels weights_{};
    float speaking_ = 0;  // smoothed
    float look_share_ = 1;
    Blinker blinker_;
};

}  // namespace body

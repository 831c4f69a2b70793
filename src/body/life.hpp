// Life: what a body does without being told. Breathing, shifting its weight, nodding while somebody
// speaks, small gestures that follow its own words. Adds to what the clips say; with reduced motion
// all of it fades to nothing. One Body's.
#pragma once

#include "body/chance.hpp"
#include "body/directive.hpp"
#include "body/humanoid.hpp"
#include "body/speech.hpp"

namespace body {

struct LifeInput {
    Activity activity = Activity::idle;
    float arousal = 0;
    SpeechBeat beat;
    bool speaking = false;
    bool still = false;      // reduced motion
    bool hands_free = true;  // no clip moves the arms
    bool may_sway = false;   // stands on both feet, and the legs can be kept in place
    bool has_thinking_clip = false;
};

class Life {
public:
    void restart(Chance& chance);
    void step(const LifeInput& input, Posture& posture, Chance& chance);
    // A short raise of the brows asked for by the words; the face adds it.
    [[nodiscard]] bool wants_brows() const { return wants_brows_; }

private:
    struct Spring {
        float place = 0;
        float speed = 0;
        void follow(float target, float stiffness);
    };
    void breathe(const LifeInput& input, Posture& posture);
    void sway(const LifeInput& input, Posture& posture, Chance& chance);
    void nod(const LifeInput& input, Chance& chance);
    void follow_words(const LifeInput& input, Chance& chance);
    void move_head(const LifeInput& input, Posture& posture);
    void move_hands(Posture& posture) const;

    float awake_ = 0;   // 0: still, 1: alive; fades
    float breath_ = 0;  // phase
    Spring weight_;     // -1 … 1, towards one leg
    float weight_goal_ = 0;
    float shift_in_ = 4;  // seconds
    float nod_in_ = 3;
    float nodding_ = -1;  // seconds into a nod
    int nods_ = 0;
    Spring pitch_;  // of the head, radians
    Spring roll_;
    float roll_goal_ = 0;
    float roll_left_ = 0;
    Spring left_hand_;  // 0 … 1, raised
    Spring right_hand_;
    float left_goal_ = 0;
    float right_goal_ = 0;
    float hand_left_ = 0;  // seconds until the hands sink
    bool wants_brows_ = false;
};

}  // namespace body

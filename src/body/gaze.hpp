// Looking: where the attention is, shared between eyes (at once, in saccades) and head (after them,
// softly), each within its limits; and looking away now and then, as people do. One Body's.
#pragma once

#include "body/chance.hpp"
#include "body/directive.hpp"
#include "body/humanoid.hpp"

namespace body {

struct GazeInput {
    Vec3 head;   // metres, in the character's space
    Quat chest;  // what the neck stands on, in the character's space
    Activity activity = Activity::idle;
    float look_share = 1;   // how free the eyes are
    bool still = false;     // reduced motion
    bool head_free = true;  // false: a movement moves the head, only the eyes look
};

class GazeKeeper {
public:
    // Gaze of the stage: the pointer, the camera, or nothing in particular.
    void set(const Gaze& gaze) { wanted_ = gaze; }
    // Somebody said so: no looking away while it lasts.
    void direct(const Gaze& gaze, Tick ticks);
    void return_to_partner() { away_left_ = 0; }

    // First turns the head of `posture`, then finds where the eyes look. True: a large jump of the
    // eyes, with which people blink.
    bool step(const GazeInput& input, Posture& posture, Chance& chance);

    // Degrees, of the eyes in the head: yaw to the character's left, pitch downwards.
    [[nodiscard]] float eye_yaw() const { return eye_yaw_; }
    [[nodiscard]] float eye_pitch() const { return eye_pitch_; }

private:
    struct Angles {
        float yaw = 0;
        float pitch = 0;
    };
    [[nodiscard]] Angles aim(const GazeInput& input) const;
    void look_away(const GazeInput& input, Chance& chance);
    void turn_head(const GazeInput& input, Angles aimed, Posture& posture);

    Gaze wanted_;
    Gaze directed_;
    Tick directed_left_ = 0;
    float away_left_ = 0;  // seconds of looking away
    float away_in_ = 2;    // seconds until the next time
    Angles away_;
    float flick_in_ = .5F;  // seconds until the next small saccade
    Angles flick_;
    Angles head_;  // radians
    Angles head_speed_;
    float eye_yaw_ = 0;
    float eye_pitch_ = 0;
    Angles last_aim_;
};

// How the head stands in the character's space, and what it stands on.
[[nodiscard]] Quat chest_turn(const Posture& posture);
[[nodiscard]] Quat head_turn(const Posture& posture);

}  // namespace body

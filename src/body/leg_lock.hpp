// LegLock: keeps a foot where it was planted while hips and fades move above it, by bending hip and
// knee. Works only for legs whose rest positions are known; an offset too large for standing is
// resolved by a small step, a small one is let go slowly (together less than 1 cm of slip).
// One Body's; allocates nothing.
#pragma once

#include <array>

#include "body/player.hpp"

namespace body {

// Rest positions in metres, in the character's space.
struct LegRest {
    bool known = false;
    Vec3 hips;
    Vec3 upper;
    Vec3 lower;
    Vec3 foot;
};

class LegLock {
public:
    void set_legs(const LegRest& left, const LegRest& right) { legs_ = {left, right}; }
    void forget();  // locks anew where the feet are

    // Where the clips want the feet: before anything else moves the body.
    void note(const Frame& frame, float scale);
    // Bends the legs of `frame` so that planted feet stay; `scale` is the hips' height at rest.
    void step(Frame& frame, float scale);

    [[nodiscard]] bool is_locked(int side) const {
        return feet_[static_cast<std::size_t>(side)].locked;
    }

private:
    struct Foot {
        bool locked = false;
        Vec3 wanted;         // where the clips want it
        Vec3 place;          // where it stands
        Vec3 offset;         // from the place the clips want, in effect now
        float stepping = 0;  // seconds left of a step
    };
    void step_foot(std::size_t side, Frame& frame, float scale);

    std::array<LegRest, 2> legs_{};
    std::array<Foot, 2> feet_{};
};

// Where the ankle is, in metres, in the character's space.
[[nodiscard]] Vec3 ankle(const Posture& posture, const LegRest& leg, bool is_left, float scale);

}  // namespace body

// A figure with known measures and a handful of small clips, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "body/body.hpp"

namespace body::testing {

inline constexpr Tick kSecond = kTicksPerSecond;

[[nodiscard]] const std::vector<std::string>& bone_names();
// 0.9 m to the hips, all bones of bone_names(), all presets, rest positions known.
[[nodiscard]] CharacterSpec figure();

[[nodiscard]] Clip idle(const std::string& name, float lean);
[[nodiscard]] Clip wave();         // upper body, right arm
[[nodiscard]] Clip walk();         // a loop whose feet leave the ground
[[nodiscard]] Clip turn_around();  // half a turn
[[nodiscard]] Clip head_tilt();    // holds, upper body: neck and head
[[nodiscard]] Clip nod();          // additive
[[nodiscard]] Clip lower(const std::string& name, Stance from, Stance to);  // between two stances
[[nodiscard]] Clip seated_idle();
[[nodiscard]] std::vector<Clip> all_clips();

// Gives a body the figure and all clips.
void small_stage(Body& body);

}  // namespace body::testing

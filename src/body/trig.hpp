// Sine, cosine, arc tangent and exponential as own polynomials: the standard library's differ
// between the server and WebAssembly, and the same directives must give the same pose on both.
// Errors stay below 2e-6 (trig_test.cpp); angles are radians of any size up to some thousands.
#pragma once

#include "body/vec.hpp"

namespace body {

inline constexpr float kPi = 3.14159265F;
inline constexpr float kRadians = kPi / 180.0F;
inline constexpr float kDegrees = 180.0F / kPi;

[[nodiscard]] float sine(float radians);
[[nodiscard]] float cosine(float radians);
[[nodiscard]] float arc_tangent(float y, float x);  // of y / x, -π … π
[[nodiscard]] float exponential(float x);           // e^x for -80 … 80

[[nodiscard]] Quat turn_x(float radians);
[[nodiscard]] Quat turn_y(float radians);
[[nodiscard]] Quat turn_z(float radians);
// The part of a rotation about +Y, in radians, -π … π.
[[nodiscard]] float heading(Quat q);

}  // namespace body

#include "body/trig.hpp"

#include <cmath>
#include <cstdint>

namespace body {

float sine(float radians) {
    // To -π/2 … π/2, in double so that large phases keep their digits.
    const double turns = static_cast<double>(radians) * 0.31830988618379067;
    const double half = std::floor(turns + 0.5);
    const auto x = static_cast<float>((turns - half) * 3.14159265358979323846);
    const float s = x * x;
    const float value =
        x * (1.0F +
             s * (-0.16666667F +
                  s * (8.3333310e-3F + s * (-1.9840874e-4F + s * (2.7525562e-6F - s * 2.39e-8F)))));
    const auto odd = static_cast<std::int64_t>(half) & 1;
    return odd != 0 ? -value : value;
}

float cosine(float radians) {
    return sine(radians + 1.57079633F);
}

float arc_tangent(float y, float x) {
    const float ax = std::fabs(x);
    const float ay = std::fabs(y);
    const float big = ax > ay ? ax : ay;
    if (!(big > 0)) return 0;
    float t = (ax > ay ? ay : ax) / big;
    // Halving the angle keeps the polynomial short.
    const bool upper = t > 0.41421356F;
    if (upper) t = (t - 1.0F) / (t + 1.0F);
    const float s = t * t;
    float angle =
        t * (1.0F + s * (-0.33333333F +
                         s * (0.19999552F + s * (-0.14263127F + s * (0.1063477F - s * 0.0604F)))));
    if (upper) angle += 0.78539816F;
    if (ay > ax) angle = 1.57079633F - angle;
    if (x < 0) angle = kPi - angle;
    return y < 0 ? -angle : angle;
}

float exponential(float x) {
    const float limited = clamped(x, -80.0F, 80.0F);
    // e^x = 2^n · e^r with |r| ≤ ln 2 / 2.
    const float n = std::floor(limited * 1.44269504F + 0.5F);
    const float r = (limited - n * 0.693359375F) + n * 2.12194440e-4F;
    float value =
        1.0F +
        r * (1.0F + r * (0.5F + r * (0.16666667F +
                                     r * (4.1666666e-2F + r * (8.3333333e-3F + r * 1.4e-3F)))));
    for (float i = n; i > 0; i -= 1) value *= 2.0F;
    for (float i = n; i < 0; i += 1) value *= 0.5F;
    return value;
}

Quat turn_x(float radians) {
    return {sine(radians * 0.5F), 0, 0, cosine(radians * 0.5F)};
}
Quat turn_y(float radians) {
    return {0, sine(radians * 0.5F), 0, cosine(radians * 0.5F)};
}
Quat turn_z(float radians) {
    return {0, 0, sine(radians * 0.5F), cosine(radians * 0.5F)};
}

float heading(Quat q) {
    // Half angles: the sign of the quaternion must not matter.
    const float w = q.w < 0 ? -q.w : q.w;
    const float y = q.w < 0 ? -q.y : q.y;
    return 2.0F * arc_tangent(y, w);
}

}  // namespace body

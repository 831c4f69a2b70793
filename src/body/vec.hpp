// Vectors and unit quaternions in VRM's terms: +Y up, the character looks along +Z, its left is +X.
// Single precision, only +, -, *, / and square root, which every IEEE machine rounds alike: the
// server and the page compute the same bits.
#pragma once

#include <cmath>

namespace body {

struct Vec3 {
    float x = 0;
    float y = 0;
    float z = 0;
};

struct Quat {
    float x = 0;
    float y = 0;
    float z = 0;
    float w = 1;
};

constexpr Vec3 operator+(Vec3 a, Vec3 b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
constexpr Vec3 operator-(Vec3 a, Vec3 b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
constexpr Vec3 operator*(Vec3 a, float s) {
    return {a.x * s, a.y * s, a.z * s};
}
constexpr float dot(Vec3 a, Vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(Vec3 a) {
    return std::sqrt(dot(a, a));
}
constexpr Vec3 mix(Vec3 a, Vec3 b, float t) {
    return a + (b - a) * t;
}
constexpr float mix(float a, float b, float t) {
    return a + (b - a) * t;
}

constexpr float dot(Quat a, Quat b) {
    return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}
constexpr Quat operator*(Quat a, Quat b) {
    return {a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
            a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
            a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}
constexpr Quat conjugate(Quat q) {
    return {-q.x, -q.y, -q.z, q.w};
}
constexpr Quat negated(Quat q) {
    return {-q.x, -q.y, -q.z, -q.w};
}

// Unit length; what has no direction becomes "no rotation".
inline Quat normalized(Quat q) {
    const float square = dot(q, q);
    if (!(square > 1e-20F) || !(square < 1e20F)) return {};
    const float s = 1.0F / std::sqrt(square);
    return {q.x * s, q.y * s, q.z * s, q.w * s};
}

// From a to b along the shorter way.
inline Quat blend(Quat a, Quat b, float t) {
    const float sign = dot(a, b) < 0 ? -1.0F : 1.0F;
    const float u = 1.0F - t;
    return normalized({a.x * u + b.x * t * sign, a.y * u + b.y * t * sign, a.z * u + b.z * t * sign,
                       a.w * u + b.w * t * sign});
}

constexpr Vec3 rotate(Quat q, Vec3 v) {
    const Vec3 axis{q.x, q.y, q.z};
    const Vec3 t = cross(axis, v) * 2.0F;
    return v + t * q.w + cross(axis, t);
}

// The shortest rotation that turns the direction of `from` into that of `to`.
inline Quat between(Vec3 from, Vec3 to) {
    const float scale = std::sqrt(dot(from, from) * dot(to, to));
    if (!(scale > 1e-12F)) return {};
    const Vec3 axis = cross(from, to);
    const float w = scale + dot(from, to);
    if (w < 1e-6F * scale) return {0, 1, 0, 0};
    return normalized({axis.x, axis.y, axis.z, w});
}

constexpr float clamped(float v, float low, float high) {
    return v < low ? low : (v > high ? high : (v == v ? v : low));
}

// 0 … 1 with a soft beginning and end.
constexpr float eased(float t) {
    const float c = clamped(t, 0, 1);
    return c * c * (3.0F - 2.0F * c);
}

// One step from `now` to `target`, at most `step` far.
constexpr float towards(float now, float target, float step) {
    if (target > now + step) return now + step;
    if (target < now - step) return now - step;
    return target;
}

}  // namespace body

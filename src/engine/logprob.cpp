#include "engine/logprob.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace engine {
namespace {

// e^x for x <= 0 by splitting 2^y into exponent bits and a cubic; unlike std::exp the compiler
// can run it over many scores at once, and a vocabulary has fifty thousand.
inline float quick_exp(float x) {
    const float y = std::max(x * 1.44269504f, -126.0f);
    const float floor = static_cast<float>(static_cast<int>(y) - (y < 0.0f ? 1 : 0));
    const float part = y - floor;
    const float cubic = 1.0f + part * (0.695501f + part * (0.226173f + part * 0.078024f));
    const auto bits = static_cast<std::uint32_t>(static_cast<int>(floor) + 127) << 23;
    return std::bit_cast<float>(bits) * cubic;
}

}  // namespace

double log_probability(std::span<const float> scores, std::size_t chosen) {
    float most = scores[0];
    for (const float score : scores) most = std::max(most, score);
    float sum = 0;
    for (const float score : scores) sum += quick_exp(score - most);
    return static_cast<double>(scores[chosen] - most) - std::log(static_cast<double>(sum));
}

}  // namespace engine

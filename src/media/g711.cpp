#include "media/g711.hpp"

#include <array>
#include <bit>

namespace media {
namespace {

// µ-law: 8 segments of 16 steps; magnitudes are 14-bit values with a bias of 33 added.
constexpr int kMulawBias = 33;
constexpr int kMulawClip = 8158;            // the last decision value, 8159, less one
constexpr std::uint8_t kAlawToggle = 0x55;  // even bits are inverted on the line

constexpr std::int16_t mulaw_value(std::uint8_t code) {
    const unsigned bits = ~static_cast<unsigned>(code) & 0xFFU;
    const unsigned segment = bits >> 4U & 7U;
    const unsigned step = bits & 0xFU;
    const int magnitude = static_cast<int>((2 * step + kMulawBias) << segment) - kMulawBias;
    const int value = magnitude * 4;
    return static_cast<std::int16_t>((bits & 0x80U) != 0 ? -value : value);
}

constexpr std::int16_t alaw_value(std::uint8_t code) {
    const unsigned bits = static_cast<unsigned>(code ^ kAlawToggle);
    const unsigned segment = bits >> 4U & 7U;
    const unsigned step = bits & 0xFU;
    // 13-bit scale: the first two segments share a step of 2, then each doubles it.
    const unsigned magnitude = segment == 0 ? 2 * step + 1 : (2 * step + 33) << (segment - 1);
    const int value = static_cast<int>(magnitude) * 8;
    return static_cast<std::int16_t>((bits & 0x80U) != 0 ? value : -value);
}

template <class Value>
constexpr std::array<std::int16_t, 256> table(Value value) {
    std::array<std::int16_t, 256> out{};
    for (unsigned i = 0; i < 256; ++i) out[i] = value(static_cast<std::uint8_t>(i));
    return out;
}

constexpr auto kMulawValues = table(mulaw_value);
constexpr auto kAlawValues = table(alaw_value);

}  // namespace

std::int16_t decode_mulaw(std::uint8_t code) {
    return kMulawValues[code];
}

std::int16_t decode_alaw(std::uint8_t code) {
    return kAlawValues[code];
}

std::uint8_t encode_mulaw(std::int16_t sample) {
    // Two's complement is lopsided by one: ~x mirrors -1 to 0, so both signs have the same steps.
    const bool negative = sample < 0;
    int magnitude = (negative ? ~sample : sample) >> 2;
    magnitude = (magnitude > kMulawClip ? kMulawClip : magnitude) + kMulawBias;
    const auto segment =
        static_cast<unsigned>(std::bit_width(static_cast<unsigned>(magnitude))) - 6U;
    const unsigned step = static_cast<unsigned>(magnitude) >> (segment + 1U) & 0xFU;
    const unsigned bits = (negative ? 0x80U : 0U) | segment << 4U | step;
    return static_cast<std::uint8_t>(~bits & 0xFFU);
}

std::uint8_t encode_alaw(std::int16_t sample) {
    const bool negative = sample < 0;
    const auto magnitude = static_cast<unsigned>((negative ? ~sample : sample) >> 4);  // 0…2047
    unsigned segment = 0;
    unsigned step = magnitude;
    if (magnitude >= 16) {
        segment = static_cast<unsigned>(std::bit_width(magnitude)) - 4U;
        step = magnitude >> (segment - 1U);
    }
    const unsigned bits = (negative ? 0U : 0x80U) | segment << 4U | (step & 0xFU);
    return static_cast<std::uint8_t>(bits ^ kAlawToggle);
}

}  // namespace media

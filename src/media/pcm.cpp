#include "media/pcm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "media/g711.hpp"

namespace media {
namespace {

std::uint32_t read_bits(const std::byte* at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
    return value;
}

void write_bits(std::byte* at, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) at[i] = static_cast<std::byte>(value >> (8 * i) & 0xFFU);
}

// Full scale 2^(bits-1), rounded and clipped; NaN is silence.
std::int32_t quantise(float sample, int bits) {
    if (std::isnan(sample)) return 0;
    const double scale = std::exp2(bits - 1);
    return static_cast<std::int32_t>(
        std::clamp(std::nearbyint(static_cast<double>(sample) * scale), -scale, scale - 1));
}

float decode_one(SampleType type, const std::byte* at) {
    switch (type) {
        case SampleType::u8:
            return static_cast<float>(std::to_integer<int>(*at) - 128) / 128.0F;
        case SampleType::s16:
            return from_s16(
                static_cast<std::int16_t>(static_cast<std::uint16_t>(read_bits(at, 2))));
        case SampleType::s24: {
            const auto value = static_cast<std::int32_t>(read_bits(at, 3) << 8U);
            return static_cast<float>(value >> 8U) / 8388608.0F;  // keeps the sign
        }
        case SampleType::s32:
            return static_cast<float>(static_cast<std::int32_t>(read_bits(at, 4)) / 2147483648.0);
        case SampleType::f32: {
            const auto value = std::bit_cast<float>(read_bits(at, 4));
            return std::isnan(value) ? 0.0F : std::clamp(value, -1.0F, 1.0F);
        }
        case SampleType::mulaw:
            return from_s16(decode_mulaw(std::to_integer<std::uint8_t>(*at)));
        case SampleType::alaw:
            return from_s16(decode_alaw(std::to_integer<std::uint8_t>(*at)));
    }
    return 0.0F;
}

void encode_one(SampleType type, float sample, std::byte* at) {
    switch (type) {
        case SampleType::u8:
            *at = static_cast<std::byte>(quantise(sample, 8) + 128);
            return;
        case SampleType::s16:
            write_bits(at, static_cast<std::uint32_t>(quantise(sample, 16)), 2);
            return;
        case SampleType::s24:
            write_bits(at, static_cast<std::uint32_t>(quantise(sample, 24)), 3);
            return;
        case SampleType::s32:
            write_bits(at, static_cast<std::uint32_t>(quantise(sample, 32)), 4);
            return;
        case SampleType::f32: {
            const float safe = std::isnan(sample) ? 0.0F : std::clamp(sample, -1.0F, 1.0F);
            write_bits(at, std::bit_cast<std::uint32_t>(safe), 4);
            return;
        }
        case SampleType::mulaw:
            *at = static_cast<std::byte>(encode_mulaw(to_s16(sample)));
            return;
        case SampleType::alaw:
            *at = static_cast<std::byte>(encode_alaw(to_s16(sample)));
            return;
    }
}

}  // namespace

std::int16_t to_s16(float sample) {
    return static_cast<std::int16_t>(quantise(sample, 16));
}

std::size_t decode_samples(SampleType type, std::span<const std::byte> in, std::span<float> out) {
    const auto size = static_cast<std::size_t>(bytes_of(type));
    const std::size_t count = std::min(in.size() / size, out.size());
    for (std::size_t i = 0; i < count; ++i) out[i] = decode_one(type, in.data() + i * size);
    return count;
}

std::size_t encode_samples(SampleType type, std::span<const float> in, std::span<std::byte> out) {
    const auto size = static_cast<std::size_t>(bytes_of(type));
    const std::size_t count = std::min(in.size(), out.size() / size);
    for (std::size_t i = 0; i < count; ++i) encode_one(type, in[i], out.data() + i * size);
    return count;
}

void mix_to_mono(std::span<const float> stereo, std::span<float> mono) {
    const std::size_t count = std::min(stereo.size() / 2, mono.size());
    for (std::size_t i = 0; i < count; ++i) mono[i] = (stereo[2 * i] + stereo[2 * i + 1]) * 0.5F;
}

}  // namespace media

// Bytes of any SampleType to float samples (±1.0) and back; little endian on every machine.
// Too loud floats are clipped, NaN becomes silence. No allocation; pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "media/audio_format.hpp"

namespace media {

// Decodes as many whole samples as both sides have room for; returns that number.
std::size_t decode_samples(SampleType type, std::span<const std::byte> in, std::span<float> out);
// The inverse: `out` needs bytes_of(type) for each sample; returns the number of samples written.
std::size_t encode_samples(SampleType type, std::span<const float> in, std::span<std::byte> out);

// Averages interleaved stereo to mono; `mono` has half the length of `stereo`.
void mix_to_mono(std::span<const float> stereo, std::span<float> mono);

// Rounds to the nearest 16-bit value, clipped; 1.0 is 32768, so +1.0 clips by one step.
[[nodiscard]] std::int16_t to_s16(float sample);
[[nodiscard]] constexpr float from_s16(std::int16_t sample) {
    return static_cast<float>(sample) / 32768.0F;
}

}  // namespace media

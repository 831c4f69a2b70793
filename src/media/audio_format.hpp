// The words audio is spoken about in: what a stream of bytes holds, how many samples a time is.
// Inside the program audio is mono `float`, full scale ±1.0; everything else is turned into that at
// the border (pcm.hpp, g711.hpp, wav.hpp, opus.hpp). Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace media {

// A position in a stream or a length, counted in samples of one channel since the stream began.
using Samples = std::int64_t;

inline constexpr int kMinRateHz = 8'000;
inline constexpr int kMaxRateHz = 48'000;

enum class SampleType { u8, s16, s24, s32, f32, mulaw, alaw };  // all little endian

[[nodiscard]] std::string_view to_string(SampleType type);
// Bytes of one sample of one channel.
[[nodiscard]] int bytes_of(SampleType type);

struct AudioFormat {
    SampleType type = SampleType::s16;
    int rate_hz = 24'000;
    int channels = 1;

    [[nodiscard]] int bytes_per_frame() const { return bytes_of(type) * channels; }
    bool operator==(const AudioFormat&) const = default;
};

// 8…48 kHz, one or two channels; else invalid_argument naming what is wrong.
[[nodiscard]] base::Result<void> check(const AudioFormat& format);

// Samples in a time, rounded down, and the time of a number of samples, rounded down to 1 ms.
[[nodiscard]] constexpr Samples samples_in(std::chrono::milliseconds time, int rate_hz) {
    return time.count() * rate_hz / 1000;
}
[[nodiscard]] constexpr std::chrono::milliseconds time_of(Samples samples, int rate_hz) {
    return std::chrono::milliseconds(samples * 1000 / rate_hz);
}

}  // namespace media

// How loud a piece of audio is, in dB below full scale (dBFS). A full-scale sine has a peak of 0
// and an RMS of -3.01 dBFS; digital silence is kSilenceDbfs. Pure; any thread; no allocation.
#pragma once

#include <cstddef>
#include <span>

namespace media {

inline constexpr float kSilenceDbfs = -120.0F;

struct Level {
    float rms_dbfs = kSilenceDbfs;
    float peak_dbfs = kSilenceDbfs;
    // Samples at full scale (±32767/32768 or beyond): the microphone is set too loud.
    std::size_t clipped = 0;
};

[[nodiscard]] Level measure(std::span<const float> samples);

}  // namespace media

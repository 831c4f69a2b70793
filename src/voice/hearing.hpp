// The units in which the voice hears: positions are samples of the microphone at 16 kHz since the
// session began, times are milliseconds of any steady clock. Plain values; any thread.
#pragma once

#include <chrono>

#include "media/audio_format.hpp"

namespace voice {

using media::Samples;
using Time = std::chrono::milliseconds;

inline constexpr int kHearingHz = 16'000;
inline constexpr Samples kVadWindow = 512;  // 32 ms

// What the voice-activity detector says of the kVadWindow samples from `first` on.
struct VadWindow {
    Samples first = 0;
    float probability = 0.0F;    // that it holds speech
    float level_dbfs = -120.0F;  // RMS, after echo cancelling
};

enum class Playback { idle, playing, paused };

}  // namespace voice

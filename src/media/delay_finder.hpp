// Where in what a microphone heard is what a loudspeaker said? Finds the delay of an echo by
// comparing the two, to the sample. Source: normalised cross-correlation of the pre-emphasised
// signals, coarse at a quarter of the rate, then fine. Pure; any thread; some milliseconds of work
// for half a second of sound.
#pragma once

#include <optional>
#include <span>

#include "media/audio_format.hpp"

namespace media {

struct FoundDelay {
    Samples delay = 0;
    float likeness =
        0;  // 0 … 1: how much of what was heard is explained; below 0.4 it means little
};

// `said` begins said.size() - heard.size() samples earlier than `heard` and ends with it: delays
// from 0 to that number are looked for. Nothing where one of them is silent or `said` is shorter.
[[nodiscard]] std::optional<FoundDelay> find_delay(std::span<const float> heard,
                                                   std::span<const float> said);

}  // namespace media

// A transcript with times as captions: lines that can be read while they are heard, SRT, WebVTT.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "ports/speech.hpp"

namespace openai {

struct Caption {
    int start_ms = 0;
    int end_ms = 0;
    std::string text;
    double confidence = 0;
};

// Breaks after a sentence, a pause or what fills two lines.
[[nodiscard]] std::vector<Caption> to_captions(const std::vector<ports::HeardWord>& words);
[[nodiscard]] std::string to_srt(const std::vector<Caption>& captions);
[[nodiscard]] std::string to_vtt(const std::vector<Caption>& captions);

}  // namespace openai

// Tape: keeps what a voice gave. For tests of adapters/speech_http.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ports/speech.hpp"

namespace adapters::speech_http::testing {

class Tape final : public ports::SpeechSink {
public:
    bool on_segment(ports::SpeechSegment segment) override {
        segments.push_back(std::move(segment));
        if (after_segment) after_segment();
        return segments.size() < enough_after;
    }
    [[nodiscard]] std::string words() const {
        std::string out;
        for (const auto& segment : segments) {
            for (const auto& word : segment.words) out += (out.empty() ? "" : " ") + word.text;
        }
        return out;
    }
    [[nodiscard]] std::size_t samples() const {
        std::size_t sum = 0;
        for (const auto& segment : segments) sum += segment.pcm.size();
        return sum;
    }

    std::vector<ports::SpeechSegment> segments;
    std::size_t enough_after = 100'000;
    std::function<void()> after_segment;
};

}  // namespace adapters::speech_http::testing

// listen_to(): a recording of any length to a transcript. Cut where it is quietest, because a
// recogniser takes half a minute at a time. io thread only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/openai/captions.hpp"
#include "media/wav.hpp"
#include "ports/speech.hpp"

namespace openai {

struct Heard {
    std::string text;
    std::string language;
    double seconds = 0;
    std::vector<ports::HeardWord> words;
    std::vector<Caption> captions;
};

// Where to cut samples of ports::kListenRate: ends of pieces, the last one is the end. Pure.
[[nodiscard]] std::vector<std::size_t> quiet_cuts(const std::vector<float>& samples);

struct Listening {
    std::string language;
    std::string context;
    // Called with each piece as soon as it is understood; may be empty.
    std::function<void(const ports::Transcript&)> on_piece = {};
};

[[nodiscard]] async::Task<base::Result<Heard>> listen_to(ports::SpeechToText& hearing,
                                                         std::vector<float> samples,
                                                         Listening listening, std::stop_token stop);

}  // namespace openai

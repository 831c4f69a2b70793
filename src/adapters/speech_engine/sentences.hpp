// Cuts text into sentences, and sentences into pieces between punctuation: the phonemiser drops
// punctuation, but a voice needs it for its melody. Pure; any thread; any bytes are taken.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adapters::speech_engine {

struct Piece {
    std::string words;  // safe to hand to the phonemiser: one line, none of its own marks
    char mark = '.';    // , ; : . ! ?
};

struct Sentence {
    std::string text;  // as written
    std::vector<Piece> pieces;
};

[[nodiscard]] std::vector<Sentence> cut_sentences(std::string_view text);

}  // namespace adapters::speech_engine

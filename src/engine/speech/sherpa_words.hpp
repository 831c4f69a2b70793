// What sherpa-onnx says about an utterance, as words with times. Its recognisers give symbols, not
// words: pieces with a blank before each word (zipformer, parakeet, moonshine, SenseVoice), pieces
// that end in "@@" where the word goes on (Paraformer), or single characters (Chinese). Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/speech.hpp"

namespace engine::speech {

struct SherpaSymbol {
    std::string text;
    std::optional<double> start_s;  // absent where the family gives no times
    std::optional<double> duration_s;
    std::optional<double> log_prob;
};

struct SherpaWords {
    std::vector<wire::Timed> words;  // without times: all at 0 and no length
    bool timed = false;
    double confidence = 1;  // 1 where the family tells none, as everywhere in Loci
};

// `length_ms`: of the sound, which ends the last word where the family gives no lengths.
[[nodiscard]] SherpaWords sherpa_words(std::span<const SherpaSymbol> symbols, std::string_view text,
                                       int length_ms);
// "<|en|>" and "en" are "en".
[[nodiscard]] std::string sherpa_language(std::string_view label);

}  // namespace engine::speech

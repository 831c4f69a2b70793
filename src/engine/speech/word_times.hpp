// When each written word is heard. The phonemes come in groups that are mostly, but not always, the
// words: a phonemiser joins "of the" and speaks "21" as two. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/speech.hpp"

namespace engine::speech {

struct SpokenGroup {
    int t_ms = 0;
    int end_ms = 0;
    std::size_t sounds = 0;  // how many phonemes
};

// One entry for each word of `text`; words of one group share it by their length.
[[nodiscard]] std::vector<wire::Timed> time_words(std::string_view text,
                                                  const std::vector<SpokenGroup>& groups);
// The words of a text: parted by white space, each with something to say.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace engine::speech

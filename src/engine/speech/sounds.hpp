// IPA symbols as the sounds that are heard: marks of stress and length go with their phoneme. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::speech {

// A phoneme as it is heard, with its stress and length marks.
struct Sound {
    std::string ipa;
    std::size_t first = 0;  // of its numbers or symbols
    std::size_t count = 0;
    std::size_t word = 0;  // how many blanks stand before it
    bool speech = true;    // false: a blank or punctuation
};

// Puts symbols together one after the other; each comes with where it begins and how long it is.
class SoundGroups {
public:
    void add(char32_t symbol, std::size_t first, std::size_t count);
    // A blank that the voice does not know still parts words.
    void next_word() { ++word_; }
    [[nodiscard]] std::vector<Sound> take() { return std::move(sounds_); }

private:
    std::vector<Sound> sounds_;
    std::size_t word_ = 0;
    bool joins_ = false;  // the next symbol goes on with this sound
};

// Each symbol counts one.
[[nodiscard]] std::vector<Sound> group_sounds(std::u32string_view symbols);

}  // namespace engine::speech

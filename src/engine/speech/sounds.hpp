// IPA symbols as the sounds that are heard: marks of stress and length go with their phoneme; and
// when they are heard. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/wire/speech.hpp"

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

// Where each of `count` (at least one) symbols begins in a wave, and behind them its end, in
// samples: count + 1 values. For voices that do not tell: each is as long as every other.
[[nodiscard]] std::vector<std::size_t> even_starts(std::size_t samples, std::size_t count);

// Puts the sounds that are speech, and the words of its text, into a segment whose sample rate is
// known, in milliseconds. `starts`: in samples, rising, where the numbers or symbols that the
// sounds count begin, and behind them where the last one ends. Where words and sounds do not go
// together one by one, time_words() pairs them.
void time_sounds(std::span<const Sound> sounds, std::span<const std::size_t> starts,
                 wire::Segment& segment);

}  // namespace engine::speech

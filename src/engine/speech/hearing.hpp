// The judgement around the recogniser: how much of the model to use for how much speech, when its
// answer is a loop, and when words were made up from silence. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/speech.hpp"

namespace engine::speech {

inline constexpr int kFullContext = 1500;  // 30 s
inline constexpr int kLeastContext = 512;  // below, the models begin to loop

// Positions of the encoder for so many samples: the speech and a margin, in steps of 64.
[[nodiscard]] int context_for(std::size_t samples);
// With which to hear again what was in doubt with so many: half as many again, then all.
[[nodiscard]] int wider_context(int positions);
// More tokens than anyone says in that time.
[[nodiscard]] int token_limit(std::size_t samples);

// The same few words again and again.
[[nodiscard]] bool is_loop(std::string_view text);

// One phrase of three words or more, twice, and nothing else: said so, or the beginning of a loop.
[[nodiscard]] bool is_doubled(std::string_view text);

// How loud the loudest tenth of the sound is, or its loudest 0.3 s where that is less, in dB below
// full scale; -120 for digital silence.
[[nodiscard]] double loudness_db(std::span<const float> samples);

// From the first to the last sound that is not much quieter than the loudest, in ms.
struct Span {
    int from_ms = 0;
    int to_ms = 0;
};
[[nodiscard]] Span loud_span(std::span<const float> samples);

// A model that gives no times: then the words share the time in which there is sound, by their
// length. Leaves words alone of which any has a length already.
void time_by_length(std::vector<wire::Timed>& words, const Span& span);

// What speaks for and against something having been said.
struct Evidence {
    double confidence = 1;  // mean probability of the words
    double no_speech = 0;   // what the model says about that
    double loudness_db = 0;
};

enum class Verdict { speech, junk };
// Junk: nothing but a description of a sound ("[Music]"), or a phrase that models make up from
// silence ("Thanks for watching!") with evidence that nothing was said. A clearly spoken "Thank
// you." is speech.
[[nodiscard]] Verdict judge(std::string_view text, const Evidence& evidence);

// Without "[Music]", "(laughs)", "*coughs*" and notes.
[[nodiscard]] std::string without_descriptions(std::string_view text);

}  // namespace engine::speech

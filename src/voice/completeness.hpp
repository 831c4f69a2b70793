// Is a person's sentence finished, judged by its words alone? "I would like to" is not; "what time
// is it" is. Rules for English, German and Chinese; speech recognisers often leave punctuation out
// or put a full stop where the sound merely stopped, so the last words weigh more than the marks.
// Pure; any thread.
#pragma once

#include <string_view>

namespace voice {

enum class Completeness {
    nothing,   // no word at all
    open,      // ends in the middle: a preposition, a conjunction, an article, "um", a comma
    unclear,   // could go on
    complete,  // a question, a command, a sentence or a one-word answer
};

[[nodiscard]] Completeness judge_completeness(std::string_view transcript);
[[nodiscard]] std::string_view to_string(Completeness value);

}  // namespace voice

// StarterForm: how a tiny model is spoken to. SHORT.md holds a sentence about the companion and,
// after it, example exchanges in lines `Person: …` and `<name>: …`; examples teach such a model
// more than rules do (docs/starter-mind.md has the measurements). Pure values; any thread; a text
// without such lines is a form without examples.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chat {

inline constexpr std::string_view kPersonMark = "Person:";

struct StarterExample {
    std::string person;
    std::string reply;
};

struct StarterForm {
    std::string persona;
    std::vector<StarterExample> examples;
};

// An example counts when a `Person:` line is followed by a line of somebody else; whatever else
// stands after the first `Person:` line is left out.
[[nodiscard]] StarterForm read_starter_form(std::string_view text);

// One line of a transcript: line breaks in `words` become blanks, so that nobody's words can begin
// a line of the other side.
[[nodiscard]] std::string transcript_line(std::string_view speaker, std::string_view words);

}  // namespace chat

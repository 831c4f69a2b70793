// SpokenText: what of a written reply is to be said aloud. Reads the model's Markdown byte by byte
// and gives the characters to speak, each with the place it came from; code, link targets, emoji
// and markup are left out, stage directions such as [wave] are handed over apart. Owned by one
// reply; one thread; any bytes are allowed; how the bytes are cut into pieces changes nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace voice {

// Bytes of the original text, end not included.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const Span&) const = default;
};

struct Glyph {
    char32_t code = 0;
    Span original;  // the whole address for each character of a spoken web address
};

struct Direction {
    std::string name;  // "wave" of [wave]: lower-case letters, digits and _ : . - and spaces
    Span original;
};

enum class Break {
    line,       // a new line
    paragraph,  // a blank line, a heading, an item of a list, a block of code
};

using SpokenToken = std::variant<Glyph, Direction, Break>;

class SpokenText {
public:
    void feed(std::string_view bytes, std::vector<SpokenToken>& out);
    // The reply is over: what could have become markup is text.
    void finish(std::vector<SpokenToken>& out);

private:
    enum class Step { done, more, none };  // moved on, needs more bytes, not such a thing
    enum class End { open, closed };       // may more bytes come?

    void run(End end, std::vector<SpokenToken>& out);
    Step step(End end, std::vector<SpokenToken>& out);
    Step step_fence(End end);
    Step step_line_start(End end, std::vector<SpokenToken>& out);
    Step step_bullet(End end, std::vector<SpokenToken>& out);
    Step step_number(End end, std::vector<SpokenToken>& out);
    Step step_markup(End end, std::vector<SpokenToken>& out);
    Step step_star(End end, std::vector<SpokenToken>& out);
    Step step_bracket(End end, std::vector<SpokenToken>& out);
    Step step_link(std::size_t close, End end, std::vector<SpokenToken>& out);
    Step step_tag(End end);
    Step step_address(End end, std::vector<SpokenToken>& out);
    Step step_character(End end, std::vector<SpokenToken>& out);

    [[nodiscard]] bool short_of(std::size_t bytes, End end) const;
    [[nodiscard]] char at(std::size_t index) const;
    void consume(std::size_t bytes);
    void emit(char32_t code, Span original, std::vector<SpokenToken>& out);
    void emit_text(Span inside, std::vector<SpokenToken>& out);

    std::string held_;        // read, not yet understood
    std::size_t offset_ = 0;  // of held_ in the reply
    char32_t previous_ = '\n';
    bool line_start_ = true;
    bool heading_ = false;
    bool blank_ = false;  // only breaks since the last character
    char fence_ = 0;      // inside a block of code: the character of its fence
};

}  // namespace voice

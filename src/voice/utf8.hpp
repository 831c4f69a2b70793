// One character at a time out of UTF-8, and the few questions about it that speech asks. Pure;
// any thread; invalid bytes come out as U+FFFD, one byte each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace voice {

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;  // 0: the text ends inside this character
};

[[nodiscard]] Character first_character(std::string_view text);
void append_utf8(std::string& text, char32_t code);

// Han, kana and Hangul-like scripts that are written without spaces between words.
[[nodiscard]] bool is_unspaced(char32_t code);
// Letters and digits of any script, not punctuation, not space.
[[nodiscard]] bool is_word_character(char32_t code);
// Latin letters only: `ß` and `ä` are lower case, `Ä` is not.
[[nodiscard]] bool is_lower_case(char32_t code);
[[nodiscard]] char32_t to_lower_case(char32_t code);
[[nodiscard]] bool is_digit(char32_t code);
// Quotation marks and brackets that close; they belong to what is before them.
[[nodiscard]] bool is_closing(char32_t code);
// Emoji, their joiners and variants, and characters that show or say nothing.
[[nodiscard]] bool is_unspoken(char32_t code);

}  // namespace voice

// Words: text cut into lower-case words and the breaks between them, for rules that compare words.
// A Han character or kana is a word of its own, so that one rule fits languages with and without
// blanks. Any bytes are allowed; Latin letters of Western Europe are lowered, others stay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace body::text {

enum class WordKind {
    word,
    comma,     // between clauses: , ; : and their wide forms, dashes
    full_stop  // ends a sentence: . ! ? and their wide forms, a new line
};

struct Word {
    std::string text;  // empty for breaks
    WordKind kind = WordKind::word;
    bool operator==(const Word&) const = default;
};

[[nodiscard]] std::vector<Word> split_words(std::string_view text);
// Only the words.
[[nodiscard]] std::vector<std::string> plain_words(std::string_view text);

// Bytes of the character that `text` (not empty) begins with; 1 where it is no valid beginning.
[[nodiscard]] std::size_t character_size(std::string_view text);
// Written without blanks: Han characters, kana.
[[nodiscard]] bool is_unspaced(std::string_view character);

}  // namespace body::text

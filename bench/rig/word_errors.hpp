// Word errors of a recogniser: what was said against what was written, word by word, after the
// usual levelling of case, punctuation, contractions, numbers and spelling. Values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

// The words that count: lower case, without punctuation; "I'm" is "i am", "17" is "seventeen",
// "3:30" is "half past three", "colour" is "color". ASCII letters are levelled, others stay.
[[nodiscard]] std::vector<std::string> level_words(std::string_view text);

struct WordErrors {
    int said = 0;  // words
    int replaced = 0;
    int left_out = 0;
    int put_in = 0;
    // (said, written), one of them empty where a word was left out or put in: how often.
    std::map<std::pair<std::string, std::string>, int> confusions;

    [[nodiscard]] int errors() const { return replaced + left_out + put_in; }
    // Over the words said; more than 100 is possible.
    [[nodiscard]] double percent() const { return said == 0 ? 0 : 100.0 * errors() / said; }
    void add(const WordErrors& other);
};

// By the alignment with the fewest errors.
[[nodiscard]] WordErrors word_errors(std::string_view said, std::string_view written);

}  // namespace bench

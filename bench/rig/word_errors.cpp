#include "word_errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace bench {
namespace {

using Words = std::vector<std::string>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// Numbers keep what stands between their digits; what is no word becomes a space.
std::string cleaned(std::string_view text) {
    std::string lower;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("’")) {
            lower += '\'';
            i += 2;
        } else if (text.substr(i).starts_with("×")) {
            lower += " times ";
            ++i;
        } else {
            const char c = text[i];
            lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    std::string clean;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const char c = lower[i];
        const bool between_numbers = i > 1 && i + 2 < lower.size() && lower[i - 1] == ' ' &&
                                     lower[i + 1] == ' ' && is_digit(lower[i - 2]) &&
                                     is_digit(lower[i + 2]);
        const bool between_digits =
            i > 0 && i + 1 < lower.size() && is_digit(lower[i - 1]) && is_digit(lower[i + 1]);
        if (between_digits && c == ',') continue;
        if ((between_digits || between_numbers) && c == 'x') {
            clean += " times ";
            continue;
        }
        const bool keeps =
            is_letter(c) || is_digit(c) || c == '\'' || (between_digits && (c == ':' || c == '.'));
        clean += keeps ? c : ' ';
    }
    return clean;
}

void add_number(long long number, Words& words) {
    constexpr std::array kSmall = {"zero",    "one",     "two",       "three",    "four",
                                   "five",    "six",     "seven",     "eight",    "nine",
                                   "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                   "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    constexpr std::array kTens = {"",      "",      "twenty",  "thirty", "forty",
                                  "fifty", "sixty", "seventy", "eighty", "ninety"};
    if (number >= 1'000) {
        add_number(number / 1'000, words);
        words.emplace_back("thousand");
        if (number % 1'000 > 0) add_number(number % 1'000, words);
    } else if (number >= 100) {
        add_number(number / 100, words);
        words.emplace_back("hundred");
        if (number % 100 > 0) add_number(number % 100, words);
    } else if (number >= 20) {
        words.emplace_back(kTens[static_cast<std::size_t>(number / 10)]);
        if (number % 10 > 0) add_number(number % 10, words);
    } else {
        words.emplace_back(kSmall[static_cast<std::size_t>(number)]);
    }
}

// A whole number of up to six digits.
bool add_digits(std::string_view digits, Words& words) {
    long long number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number > 999'999)
        return false;
    add_number(number, words);
    return true;
}

bool add_as_number(std::string_view word, Words& words) {
    if (!is_digit(word.front())) return false;
    const auto mark = word.find_first_of(":.");
    if (mark == std::string_view::npos) return add_digits(word, words);
    const auto whole = word.substr(0, mark);
    const auto rest = word.substr(mark + 1);
    Words made;
    if (rest == "30") {
        made = {"half", "past"};
        if (!add_digits(whole, made)) return false;
    } else {
        if (!add_digits(whole, made)) return false;
        if (word[mark] == '.') made.emplace_back("point");
        if (!add_digits(rest, made)) return false;
    }
    words.insert(words.end(), made.begin(), made.end());
    return true;
}

struct Change {
    std::string_view from, to, more;
};
// British as American, and short forms in full.
constexpr std::array kWhole = {
    Change{"colour", "color", ""},  Change{"favourite", "favorite", ""},
    Change{"tyre", "tire", ""},     Change{"grey", "gray", ""},
    Change{"ok", "okay", ""},       Change{"let's", "let", "us"},
    Change{"can't", "can", "not"},  Change{"cannot", "can", "not"},
    Change{"won't", "will", "not"}, Change{"gonna", "going", "to"},
};
constexpr std::array kEndings = {
    Change{"n't", "", "not"},  Change{"'m", "", "am"},    Change{"'re", "", "are"},
    Change{"'ve", "", "have"}, Change{"'ll", "", "will"}, Change{"'d", "", "would"},
    Change{"'s", "", "is"},
};

void add_word(std::string_view word, Words& words) {
    while (word.starts_with('\'')) word.remove_prefix(1);
    while (word.ends_with('\'')) word.remove_suffix(1);
    if (word.empty() || add_as_number(word, words)) return;
    for (const auto& change : kWhole) {
        if (word != change.from) continue;
        words.emplace_back(change.to);
        if (!change.more.empty()) words.emplace_back(change.more);
        return;
    }
    for (const auto& change : kEndings) {
        if (word.size() <= change.from.size() || !word.ends_with(change.from)) continue;
        words.emplace_back(word.substr(0, word.size() - change.from.size()));
        words.emplace_back(change.more);
        return;
    }
    words.emplace_back(word);
}

}  // namespace

Words level_words(std::string_view text) {
    const std::string clean = cleaned(text);
    Words words;
    for (std::size_t at = 0; at < clean.size();) {
        const auto end = std::min(clean.find(' ', at), clean.size());
        add_word(std::string_view(clean).substr(at, end - at), words);
        at = end + 1;
    }
    return words;
}

void WordErrors::add(const WordErrors& other) {
    said += other.said;
    replaced += other.replaced;
    left_out += other.left_out;
    put_in += other.put_in;
    for (const auto& [pair, times] : other.confusions) confusions[pair] += times;
}

WordErrors word_errors(std::string_view said, std::string_view written) {
    const Words a = level_words(said);
    const Words b = level_words(written);
    // cost[i][j]: errors between the first i words said and the first j written.
    std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = static_cast<int>(i);
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            cost[i][j] = std::min({cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1),
                                   cost[i - 1][j] + 1, cost[i][j - 1] + 1});
        }
    }
    WordErrors found;
    found.said = static_cast<int>(a.size());
    std::size_t i = a.size();
    std::size_t j = b.size();
    while (i > 0 || j > 0) {
        const bool both = i > 0 && j > 0;
        const int same = both && a[i - 1] == b[j - 1] ? 0 : 1;
        if (both && cost[i][j] == cost[i - 1][j - 1] + same) {
            --i;
            --j;
            if (same == 0) continue;
            ++found.replaced;
            ++found.confusions[{a[i], b[j]}];
        } else if (i > 0 && cost[i][j] == cost[i - 1][j] + 1) {
            ++found.left_out;
            ++found.confusions[{a[--i], ""}];
        } else {
            ++found.put_in;
            ++found.confusions[{"", b[--j]}];
        }
    }
    return found;
}

}  // namespace bench

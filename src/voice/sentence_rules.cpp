#include "voice/sentence_rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace voice {
namespace {

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

// Always followed by more of the sentence.
constexpr auto kOpenAbbreviations = std::to_array<std::string_view>(
    {"mr",     "mrs",  "ms",   "dr",  "prof", "st",  "sr",   "jr",  "vs",   "e.g",  "i.e",
     "approx", "fig",  "dept", "est", "gen",  "col", "sen",  "rev", "hon",  "z.b",  "d.h",
     "u.a",    "o.ä",  "bzw",  "ca",  "evtl", "ggf", "hr",   "fr",  "vgl",  "inkl", "zzgl",
     "geb",    "gest", "mind", "sog", "tel",  "abs", "bspw", "z",   "allg", "max",  "min"});
// Before a number only: No. 5, Art. 1, Jan. 3.
constexpr auto kBeforeNumber = std::to_array<std::string_view>(
    {"no",  "nr",  "vol", "art", "pp",  "p",    "s",   "ch",  "jan", "feb", "mar",
     "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez"});
// "am 3. Mai", "der 2. Weltkrieg": what stands before a German ordinal.
constexpr auto kBeforeOrdinal = std::to_array<std::string_view>(
    {"am", "der", "die",  "das", "den", "dem",  "des",   "vom",   "zum",   "zur",
     "im", "bis", "seit", "ab",  "ein", "eine", "einem", "jeder", "jedem", "und"});
constexpr auto kConjunctions = std::to_array<std::string_view>(
    {"and",    "but",    "or",    "so",      "because", "that",    "which", "while",    "when",
     "if",     "since",  "where", "who",     "before",  "after",   "until", "although", "though",
     "und",    "aber",   "oder",  "denn",    "weil",    "dass",    "damit", "wenn",     "während",
     "obwohl", "sodass", "bevor", "nachdem", "bis",     "sondern", "doch",  "wobei",    "als"});

struct LastWords {
    std::string last;    // lower case, without opening marks
    std::string before;  // the word before it
};

std::string bare(std::string_view word) {
    while (!word.empty() &&
           std::string_view("\"'([{").find(word.front()) != std::string_view::npos) {
        word.remove_prefix(1);
    }
    return base::to_lower_ascii(word);
}

LastWords last_words(std::string_view text) {
    text = base::trim(text);
    const std::size_t space = text.find_last_of(' ');
    if (space == std::string_view::npos) return {bare(text), {}};
    const auto rest = base::trim(text.substr(0, space));
    const std::size_t second = rest.find_last_of(' ');
    return {bare(text.substr(space + 1)),
            bare(second == std::string_view::npos ? rest : rest.substr(second + 1))};
}

bool is_number(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_initial(std::string_view word) {
    const bool letter = word.size() == 1 && word[0] >= 'a' && word[0] <= 'z';
    // U.S. and p.m. may end a sentence; J. R. R. and z. B. do not.
    return letter && word != "i";
}

}  // namespace

bool full_stop_belongs_to_word(std::string_view text, NextWord next) {
    const LastWords words = last_words(text);
    if (is_in(kOpenAbbreviations, words.last) || is_initial(words.last)) return true;
    if (next == NextWord::number && is_in(kBeforeNumber, words.last)) return true;
    return is_number(words.last) && words.last.size() <= 2 && is_in(kBeforeOrdinal, words.before);
}

bool is_conjunction(std::string_view word) {
    return is_in(kConjunctions, base::to_lower_ascii(word));
}

}  // namespace voice

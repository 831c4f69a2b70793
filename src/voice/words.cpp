#include "voice/words.hpp"

#include <algorithm>
#include <array>

#include "voice/utf8.hpp"

namespace voice {
namespace {

constexpr auto kBackchannel = std::to_array<std::string_view>(
    {"mhm",    "mm",    "mmhm",  "mmm",  "mmhmm", "ahh",  "hm",    "hmm",    "uh",    "huh",
     "uhhuh",  "ah",    "aha",   "oh",   "ooh",   "yeah", "yep",   "yes",    "yup",   "ok",
     "okay",   "right", "sure",  "cool", "nice",  "wow",  "great", "really", "true",  "exactly",
     "indeed", "good",  "i",     "see",  "got",   "it",   "ja",    "jaja",   "jo",    "genau",
     "stimmt", "klar",  "achso", "ach",  "so",    "gut",  "schön", "echt",   "krass", "richtig",
     "okey",   "äh",    "嗯",    "哦",   "噢",    "喔",   "啊",    "对",     "是",    "好",
     "的",     "呵",    "哈",    "吧"});
// Words that are no backchannel by themselves, though they are part of one ("i see", "got it").
constexpr auto kOnlyTogether =
    std::to_array<std::string_view>({"i", "see", "got", "it", "so", "的", "吧", "good"});
constexpr auto kHesitant = std::to_array<std::string_view>({"i see", "got it", "ach so"});
constexpr std::size_t kMostWords = 4;

bool in(std::span<const std::string_view> list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    const auto close = [&] {
        if (!word.empty()) words.push_back(std::move(word));
        word.clear();
    };
    while (!text.empty()) {
        const Character c = first_character(text);
        if (c.bytes == 0) break;
        text.remove_prefix(c.bytes);
        if (is_unspaced(c.code)) {
            close();
            append_utf8(word, c.code);
            close();
        } else if (is_word_character(c.code)) {
            append_utf8(word, to_lower_case(c.code));
        } else if ((c.code == '\'' || c.code == U'’' || c.code == '-') && !word.empty()) {
            continue;  // don't, uh-huh
        } else {
            close();
        }
    }
    close();
    return words;
}

double share_said(std::span<const std::string> heard, std::span<const std::string> said) {
    if (heard.empty()) return 0.0;
    std::vector<std::size_t> row(said.size() + 1, 0);
    for (const auto& word : heard) {
        std::size_t diagonal = 0;
        for (std::size_t i = 0; i < said.size(); ++i) {
            const std::size_t above = row[i + 1];
            row[i + 1] = word == said[i] ? diagonal + 1 : std::max(above, row[i]);
            diagonal = above;
        }
    }
    return static_cast<double>(row.back()) / static_cast<double>(heard.size());
}

bool is_backchannel(std::span<const std::string> words) {
    if (words.empty() || words.size() > kMostWords) return false;
    if (words.size() == 2 && in(kHesitant, words[0] + " " + words[1])) return true;
    bool alone = false;
    for (const auto& word : words) {
        if (!in(kBackchannel, word)) return false;
        alone = alone || !in(kOnlyTogether, word);
    }
    return alone;
}

}  // namespace voice

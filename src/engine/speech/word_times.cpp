#include "engine/speech/word_times.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "engine/speech/utf8.hpp"

namespace engine::speech {
namespace {

// Sounds that a word probably has: about one for each letter, more for a digit.
double expected_sounds(const std::string& word) {
    double sounds = 0;
    for (const char32_t c : decode_utf8(word)) {
        if (c >= U'0' && c <= U'9') {
            sounds += 4;
        } else if (c == U'%' || c == U'$' || c == U'&' || c == U'@' || c == U'+' || c > 0x2000) {
            sounds += 3;
        } else if (c > 127 || std::isalpha(static_cast<int>(c)) != 0) {
            sounds += 0.85;
        }
    }
    return std::max(sounds, 0.5);
}

// A letter, a digit, or a sign that is spoken; no punctuation.
bool is_said(char32_t c) {
    if (c < 128)
        return std::isalnum(static_cast<int>(c)) != 0 || c == U'%' || c == U'&' || c == U'+';
    const bool punctuation = c < 0xc0 || (c >= 0x2000 && c < 0x2070) || (c >= 0x3000 && c < 0x3030);
    return !punctuation;
}

struct Link {
    std::size_t words = 0;  // of this pairing
    std::size_t groups = 0;
};

// Pairs one word with one to four groups, or two or three words with one group, so that lengths fit
// best. Cheapest path through the table of prefixes.
std::vector<Link> pair_up(const std::vector<double>& words, const std::vector<double>& groups) {
    constexpr double kNever = std::numeric_limits<double>::infinity();
    constexpr Link kSteps[] = {{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 1}, {3, 1}};
    const std::size_t rows = words.size() + 1;
    const std::size_t columns = groups.size() + 1;
    std::vector<double> cost(rows * columns, kNever);
    std::vector<Link> came(rows * columns);
    cost[0] = 0;
    for (std::size_t w = 0; w < rows; ++w) {
        for (std::size_t g = 0; g < columns; ++g) {
            if (cost[w * columns + g] == kNever) continue;
            for (const Link step : kSteps) {
                if (w + step.words >= rows || g + step.groups >= columns) continue;
                double asked = 0;
                double found = 0;
                for (std::size_t i = 0; i < step.words; ++i) asked += words[w + i];
                for (std::size_t i = 0; i < step.groups; ++i) found += groups[g + i];
                const double uneven = step.words == step.groups ? 0 : 1.5;
                const double price = cost[w * columns + g] + std::abs(asked - found) + uneven;
                const std::size_t there = (w + step.words) * columns + g + step.groups;
                if (price < cost[there]) {
                    cost[there] = price;
                    came[there] = step;
                }
            }
        }
    }
    std::vector<Link> path;
    std::size_t w = words.size();
    std::size_t g = groups.size();
    if (cost[w * columns + g] == kNever) return path;
    while (w > 0 || g > 0) {
        const Link step = came[w * columns + g];
        path.push_back(step);
        w -= step.words;
        g -= step.groups;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

// Shares a stretch of time among words by their length.
void share(const std::vector<std::string>& words, int begin, int end,
           std::vector<wire::Timed>& out) {
    double all = 0;
    for (const auto& word : words) all += expected_sounds(word);
    double done = 0;
    for (const auto& word : words) {
        const int from = begin + static_cast<int>((end - begin) * done / all);
        done += expected_sounds(word);
        const int to = begin + static_cast<int>((end - begin) * done / all);
        out.push_back({word, from, to - from, 1});
    }
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto is_space = [&](std::size_t i) {
            return std::isspace(static_cast<unsigned char>(text[i])) != 0;
        };
        while (at < text.size() && is_space(at)) ++at;
        std::size_t end = at;
        while (end < text.size() && !is_space(end)) ++end;
        const std::string word(text.substr(at, end - at));
        const std::u32string symbols = decode_utf8(word);
        if (std::any_of(symbols.begin(), symbols.end(), is_said)) words.push_back(word);
        at = end;
    }
    return words;
}

std::vector<wire::Timed> time_words(std::string_view text, const std::vector<SpokenGroup>& groups) {
    const auto words = words_of(text);
    std::vector<wire::Timed> out;
    if (words.empty() || groups.empty()) return out;
    std::vector<double> asked;
    std::vector<double> found;
    for (const auto& word : words) asked.push_back(expected_sounds(word));
    for (const auto& group : groups) found.push_back(static_cast<double>(group.sounds));
    constexpr std::size_t kMostPairs = 250'000;
    const bool small = asked.size() * found.size() <= kMostPairs;
    const auto path = small ? pair_up(asked, found) : std::vector<Link>{};
    if (path.empty()) {
        // Too different to pair: the whole stretch is shared.
        share(words, groups.front().t_ms, groups.back().end_ms, out);
        return out;
    }
    std::size_t w = 0;
    std::size_t g = 0;
    for (const Link step : path) {
        const std::vector<std::string> these(
            words.begin() + static_cast<std::ptrdiff_t>(w),
            words.begin() + static_cast<std::ptrdiff_t>(w + step.words));
        share(these, groups[g].t_ms, groups[g + step.groups - 1].end_ms, out);
        w += step.words;
        g += step.groups;
    }
    return out;
}

}  // namespace engine::speech

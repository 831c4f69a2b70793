#include "chat/reply_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "base/text.hpp"
#include "chat/language_check.hpp"

namespace chat {
namespace {

// Mean log-probability in nats per token; of what lies below, hardly anything was good
// (docs/starter-mind.md has the figures, for the starter and its sampling).
constexpr double kLowConfidence = -1.1;

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : base::to_lower_ascii(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '\'') {
            word.push_back(c);
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

bool is_abbreviation(std::string_view text, std::size_t dot) {
    constexpr std::array<std::string_view, 14> kKnown = {"mr", "mrs",    "ms",  "dr",  "prof",
                                                         "st", "e.g",    "i.e", "etc", "vs",
                                                         "no", "approx", "jr",  "sr"};
    std::size_t start = dot;
    while (start > 0 && text[start - 1] != ' ' && text[start - 1] != '\n') --start;
    const std::string word = base::to_lower_ascii(text.substr(start, dot - start));
    return word.size() == 1 || std::ranges::find(kKnown, word) != kKnown.end();
}

}  // namespace

std::string_view to_string(ReplyFault fault) {
    switch (fault) {
        case ReplyFault::empty:
            return "empty";
        case ReplyFault::loop:
            return "loop";
        case ReplyFault::wrong_language:
            return "wrong_language";
        case ReplyFault::low_confidence:
            return "low_confidence";
    }
    return "empty";
}

std::size_t end_of_sentences(std::string_view text, int count) {
    int found = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '.' && c != '!' && c != '?') continue;
        std::size_t end = i + 1;
        while (end < text.size() && (text[end] == '.' || text[end] == '!' || text[end] == '?' ||
                                     text[end] == '"' || text[end] == ')')) {
            ++end;
        }
        // Only a blank after it makes it an end: "3.5" and a cut stream do not.
        if (end >= text.size()) break;
        const bool border = text[end] == ' ' || text[end] == '\n';
        if (border && !(c == '.' && is_abbreviation(text, i)) && ++found == count) return end;
        i = end - 1;
    }
    return std::string_view::npos;
}

bool repeats_itself(std::string_view text) {
    const auto words = words_of(text);
    const auto same_runs = [&](std::size_t length, std::size_t times) {
        if (words.size() < length * times) return false;
        const std::size_t start = words.size() - length;
        for (std::size_t t = 1; t < times; ++t) {
            for (std::size_t i = 0; i < length; ++i) {
                if (words[start + i] != words[start - t * length + i]) return false;
            }
        }
        return true;
    };
    if (same_runs(1, 5)) return true;
    for (std::size_t length = 3; length <= 12; ++length) {
        if (same_runs(length, 3)) return true;
    }
    return false;
}

std::optional<ReplyFault> find_fault(std::string_view question, std::string_view reply,
                                     std::optional<double> mean_logprob) {
    const auto words = words_of(reply);
    if (words.empty()) return ReplyFault::empty;
    if (repeats_itself(reply)) return ReplyFault::loop;
    // Half or more of the sentences the same.
    if (words.size() >= 12) {
        std::vector<std::string> unique = words;
        std::ranges::sort(unique);
        const auto rest = std::ranges::unique(unique);
        unique.erase(rest.begin(), rest.end());
        if (unique.size() * 4 < words.size()) return ReplyFault::loop;
    }
    if (reads_foreign(question) || reads_foreign(reply)) return ReplyFault::wrong_language;
    if (mean_logprob && *mean_logprob < kLowConfidence) return ReplyFault::low_confidence;
    return std::nullopt;
}

}  // namespace chat

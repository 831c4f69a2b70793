#include "chat/digest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "chat/prompt.hpp"
#include "chat/reflex_arguments.hpp"

namespace chat {
namespace {

constexpr std::string_view kPerson = "- Person: ";
constexpr std::string_view kCompanion = "- Companion: ";
constexpr std::size_t kSentenceChars = 220;
// Prose of an earlier summary keeps at most this share of the room.
constexpr double kProseShare = 0.6;

struct Sentence {
    std::string line;
    int score = 0;
};

bool has_any(const std::string& padded, const auto& words) {
    return std::ranges::any_of(
        words, [&](const auto word) { return padded.find(word) != std::string::npos; });
}

// Facts of a person's life score high, small talk and questions low. The words are English; in
// another language names, numbers and who speaks still tell apart.
int score_of(std::string_view text, bool by_person) {
    constexpr std::array<std::string_view, 7> kOwn = {" my ",  " mine ", " i ",  " im ",
                                                      " ive ", " we ",   " our "};
    constexpr std::array<std::string_view, 28> kFacts = {
        " called ",    " name ",     " named ",  " born ",     " birthday ", " live ",
        " lives ",     " moved ",    " work ",   " works ",    " allerg",    " prefer",
        " love ",      " hate ",     " always ", " never ",    " remember ", " must ",
        " decided ",   " agreed ",   " plan",    " deadline ", " doctor ",   " appointment ",
        " favourite ", " favorite ", " is on ",  " until "};
    const std::string padded = " " + normalise_wording(text) + " ";
    int score = by_person ? 0 : -2;
    if (has_any(padded, kOwn)) score += 2;
    if (has_any(padded, kFacts)) score += 3;
    if (std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; })) ++score;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i - 1] == ' ' && text[i] >= 'A' && text[i] <= 'Z' &&
            (i + 1 == text.size() || text[i + 1] != ' ')) {
            ++score;
            break;
        }
    }
    if (text.ends_with('?')) score -= 3;
    if (std::ranges::count(padded, ' ') < 4) score -= 2;
    return score;
}

bool ends_sentence(std::string_view text, std::size_t at) {
    if (text[at] == '\n') return true;
    if (text[at] != '.' && text[at] != '!' && text[at] != '?') return false;
    return at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n';
}

void add_sentences(std::vector<Sentence>& out, std::string_view text, std::string_view speaker) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && !ends_sentence(text, i)) continue;
        const std::size_t end = std::min(i + 1, text.size());
        const auto sentence = base::trim(text.substr(begin, end - begin));
        begin = end;
        if (sentence.empty()) continue;
        const std::string shown = base::shorten(sentence, kSentenceChars);
        out.push_back({std::string(speaker) + shown, score_of(shown, speaker == kPerson)});
    }
}

// Lines of a former digest compete again; prose of a summary is kept as it is.
std::string take_earlier(std::vector<Sentence>& out, std::string_view earlier, int max_tokens) {
    std::string prose;
    for (const auto part : base::split(earlier, '\n')) {
        const auto line = base::trim(part);
        if (line.empty()) continue;
        const bool person = line.starts_with(kPerson);
        if (person || line.starts_with(kCompanion)) {
            const auto speaker = person ? kPerson : kCompanion;
            out.push_back({std::string(line), score_of(line.substr(speaker.size()), person)});
        } else {
            prose += std::string(line) + "\n";
        }
    }
    // About three bytes a token, so that this never takes more than its share.
    const auto room = static_cast<std::size_t>(max_tokens * kProseShare * 3);
    return prose.size() > room ? base::shorten(prose, room) + "\n" : prose;
}

}  // namespace

std::string digest(std::string_view earlier, const std::vector<ports::MessageRow>& rows,
                   int max_tokens) {
    std::vector<Sentence> sentences;
    std::string text = take_earlier(sentences, earlier, max_tokens);
    for (const auto& row : rows) {
        if (!in_prompt(row)) continue;
        const bool person = row.role == ports::StoredRole::user;
        add_sentences(sentences, row.content, person ? kPerson : kCompanion);
    }
    std::vector<std::size_t> order(sentences.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // The best first; among equals the newest.
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        if (sentences[a].score != sentences[b].score) {
            return sentences[a].score > sentences[b].score;
        }
        return a > b;
    });
    int room = max_tokens - estimate_tokens(text);
    std::set<std::string> known;
    std::vector<bool> taken(sentences.size(), false);
    for (const std::size_t i : order) {
        const int cost = estimate_tokens(sentences[i].line) + 1;
        if (cost > room || !known.insert(normalise_wording(sentences[i].line)).second) continue;
        room -= cost;
        taken[i] = true;
    }
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        if (taken[i]) text += sentences[i].line + "\n";
    }
    return std::string(base::trim(text));
}

}  // namespace chat

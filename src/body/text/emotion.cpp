#include "body/text/emotion.hpp"

#include <algorithm>
#include <utility>

#include "body/text/words.hpp"

namespace body::text {
namespace {

constexpr std::size_t kMostBytes = 2000;  // of a sentence; the rest is not looked at
constexpr std::size_t kDeniedWithin = 4;  // words between a negator and what it denies
constexpr std::size_t kStrongWithin = 3;
constexpr double kDeniedJoy = 0.6;
constexpr double kLoud = 1.25;
constexpr double kShout = 0.12;  // for each of at most three exclamation marks
constexpr double kAsked = 0.6;   // a question states no feeling; surprise is one
constexpr double kBeforeHinge = 0.5;
constexpr double kFaintest = 0.25;  // below it, a sentence is neutral

struct Token {
    std::string text;
    WordKind kind = WordKind::word;
    bool loud = false;  // in capitals or drawn out
};

struct Match {
    const FeelingEntry* entry = nullptr;
    std::size_t begin = 0;  // tokens
    std::size_t end = 0;
    bool loud = false;
    bool denied = false;
    double factor = 1;
};

bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_wordy(char c) {
    return is_ascii_letter(c) || (c >= '0' && c <= '9');
}

std::string without_code(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('`', at), text.size());
        out += text.substr(at, open - at);
        const std::size_t close = text.find('`', open + 1);
        if (open == text.size() || close == std::string_view::npos) {
            out += text.substr(std::min(open + 1, text.size()));
            break;
        }
        at = close + 1;
    }
    return out;
}

// The words that are written in capitals, lowered.
std::vector<std::string> loud_words(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        std::size_t capitals = 0;
        bool small = false;
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (!is_ascii_letter(c) && static_cast<unsigned char>(c) < 0x80) break;
            capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
            small = small || (c >= 'a' && c <= 'z');
        }
        if (capitals >= 2 && !small) {
            for (auto& word : plain_words(text.substr(begin, at - begin))) {
                out.push_back(std::move(word));
            }
        }
        if (at == begin) ++at;
    }
    return out;
}

// "sooo" is "so", said loudly.
bool shorten_runs(std::string& word) {
    std::string out;
    bool drawn = false;
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t end = std::min(word.find_first_not_of(word[at], at), word.size());
        const bool run = end - at >= 3 && is_ascii_letter(word[at]);
        out.append(run ? 1 : end - at, word[at]);
        drawn = drawn || run;
        at = end;
    }
    word = std::move(out);
    return drawn;
}

std::vector<Token> tokens_of(std::string_view text) {
    const auto loud = loud_words(text);
    std::vector<Token> out;
    for (auto& word : split_words(text)) {
        Token token{std::move(word.text), word.kind, false};
        token.loud = std::ranges::find(loud, token.text) != loud.end();
        if (shorten_runs(token.text)) token.loud = true;
        out.push_back(std::move(token));
    }
    return out;
}

// Tokens that the entry takes from `at` on; 0: it does not stand there.
std::size_t size_at(const FeelingEntry& entry, const std::vector<Token>& tokens, std::size_t at) {
    const auto& phrase = entry.phrase;
    if (phrase.empty() || at + phrase.size() > tokens.size()) return 0;
    for (std::size_t i = 0; i < phrase.size(); ++i) {
        const std::string& word = tokens[at + i].text;
        const bool open = entry.open_end && i + 1 == phrase.size();
        if (open ? !word.starts_with(phrase[i]) : word != phrase[i]) return 0;
    }
    return phrase.size();
}

// Everything the language knows; of what begins at one place the longest, what is spelled out
// before what is open, and the last that was added.
std::vector<Match> matches_in(const FeelingLanguage& language, const std::vector<Token>& tokens) {
    std::vector<Match> out;
    for (std::size_t at = 0; at < tokens.size();) {
        Match best;
        for (const FeelingEntry& entry : language.entries) {
            const std::size_t size = size_at(entry, tokens, at);
            const bool longer = size > best.end - best.begin;
            const bool as_close = size > 0 && size == best.end - best.begin &&
                                  (best.entry->open_end || !entry.open_end);
            if (longer || as_close) best = {&entry, at, at + size};
        }
        if (best.entry == nullptr) {
            ++at;
            continue;
        }
        for (std::size_t i = best.begin; i < best.end; ++i) best.loud |= tokens[i].loud;
        at = best.end;
        out.push_back(best);
    }
    return out;
}

double language_score(const FeelingLanguage& language, const std::vector<Token>& tokens,
                      const std::vector<Match>& matches) {
    double score = 0.5 * static_cast<double>(matches.size());
    for (const Token& token : tokens) {
        if (std::ranges::find(language.common, token.text) != language.common.end()) score += 1;
    }
    return score;
}

bool is_feeling(const Match& match) {
    return match.entry->kind == FeelingEntry::Kind::feeling;
}

// Words between two places of one clause; nothing where a clause ends between them.
std::optional<std::size_t> distance(const std::vector<Token>& tokens, std::size_t from,
                                    std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
        if (tokens[i].kind != WordKind::word) return std::nullopt;
    }
    return to - from;
}

void deny(std::vector<Match>& matches, std::size_t index, const std::vector<Token>& tokens,
          const FeelingLanguage& language) {
    bool done = false;
    for (std::size_t i = index + 1; i < matches.size(); ++i) {
        const auto words = distance(tokens, matches[index].end, matches[i].begin);
        if (!words || *words > kDeniedWithin) break;
        if (!is_feeling(matches[i])) continue;
        matches[i].denied = !matches[i].denied;
        done = true;
    }
    if (done || !language.negation_follows) return;
    for (std::size_t i = index; i-- > 0;) {
        const auto words = distance(tokens, matches[i].end, matches[index].begin);
        if (!words || *words > kDeniedWithin) return;
        if (!is_feeling(matches[i])) continue;
        matches[i].denied = !matches[i].denied;
        return;
    }
}

void strengthen(std::vector<Match>& matches, std::size_t index, const std::vector<Token>& tokens) {
    const double factor = matches[index].entry->value * (matches[index].loud ? 1.15 : 1);
    for (std::size_t i = index + 1; i < matches.size(); ++i) {
        const auto words = distance(tokens, matches[index].end, matches[i].begin);
        if (!words || *words > kStrongWithin) break;
        if (!is_feeling(matches[i])) continue;
        matches[i].factor *= factor;
        return;
    }
    if (index == 0 || !is_feeling(matches[index - 1])) return;
    const auto words = distance(tokens, matches[index - 1].end, matches[index].begin);
    if (words && *words <= 1) matches[index - 1].factor *= factor;
}

using Scores = std::array<double, kEmotionNames.size()>;

void add(Scores& scores, Emotion emotion, double weight) {
    double& score = scores[static_cast<std::size_t>(emotion)];
    score = 1 - (1 - score) * (1 - std::clamp(weight, 0.0, 1.0));
}

Feeling denied(const FeelingEntry& entry) {
    if (entry.denied) return *entry.denied;
    if (entry.emotion == Emotion::joy) return {Emotion::sadness, entry.value * kDeniedJoy};
    return {};
}

void weigh(std::vector<Match> matches, const std::vector<Token>& tokens,
           const FeelingLanguage& language, Scores& scores) {
    double whole = 1;
    std::size_t hinge = 0;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const FeelingEntry& entry = *matches[i].entry;
        if (entry.kind == FeelingEntry::Kind::negator) deny(matches, i, tokens, language);
        if (entry.kind == FeelingEntry::Kind::strength) strengthen(matches, i, tokens);
        if (entry.kind == FeelingEntry::Kind::hedge) whole = std::min(whole, entry.value);
        if (entry.kind == FeelingEntry::Kind::hinge) hinge = matches[i].begin;
    }
    for (const Match& match : matches) {
        if (!is_feeling(match)) continue;
        const Feeling felt =
            match.denied ? denied(*match.entry) : Feeling{match.entry->emotion, match.entry->value};
        double weight = felt.intensity * match.factor * whole * (match.loud ? kLoud : 1);
        if (match.begin < hinge) weight *= kBeforeHinge;
        add(scores, felt.emotion, weight);
    }
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
    const bool before = at == 0 || !is_wordy(text[at - 1]);
    const bool behind = at + size >= text.size() || !is_wordy(text[at + size]);
    return before && behind;
}

// Takes emoji and emoticons out of the text.
void weigh_signs(std::string& text, const std::vector<FeelingSign>& signs, Scores& scores) {
    for (const FeelingSign& sign : signs) {
        if (sign.text.empty()) continue;
        const bool drawn = static_cast<unsigned char>(sign.text.front()) >= 0x80;
        std::size_t at = 0;
        while ((at = text.find(sign.text, at)) != std::string::npos) {
            if (drawn || stands_alone(text, at, sign.text.size())) {
                add(scores, sign.emotion, sign.weight);
                text.replace(at, sign.text.size(), " ");
            }
            ++at;
        }
    }
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + what.size())) {
        ++found;
    }
    return found;
}

}  // namespace

std::string_view to_string(Emotion emotion) {
    return kEmotionNames[static_cast<std::size_t>(emotion)];
}

std::optional<Emotion> emotion_named(std::string_view name) {
    const auto found = std::ranges::find(kEmotionNames, name);
    if (found == kEmotionNames.end()) return std::nullopt;
    return static_cast<Emotion>(found - kEmotionNames.begin());
}

Feeling EmotionReader::read(std::string_view sentence) const {
    std::string text = without_code(sentence.substr(0, kMostBytes));
    Scores scores{};
    weigh_signs(text, book_->signs, scores);
    const auto tokens = tokens_of(text);
    double most = 0;
    const FeelingLanguage* spoken = nullptr;
    std::vector<Match> found;
    for (const FeelingLanguage& language : book_->languages) {
        auto matches = matches_in(language, tokens);
        const double score = language_score(language, tokens, matches);
        if (score <= most) continue;
        most = score;
        spoken = &language;
        found = std::move(matches);
    }
    if (spoken != nullptr) weigh(std::move(found), tokens, *spoken, scores);

    const std::size_t shouts = std::min<std::size_t>(3, count(text, "!") + count(text, "！"));
    const bool asked = text.find('?') != std::string::npos || count(text, "？") > 0;
    Feeling out;
    for (std::size_t i = 1; i < scores.size(); ++i) {
        const auto emotion = static_cast<Emotion>(i);
        double score = scores[i] * (1 + kShout * static_cast<double>(shouts));
        if (asked && emotion != Emotion::surprise) score *= kAsked;
        if (score > out.intensity) out = {emotion, std::min(score, 1.0)};
    }
    return out.intensity < kFaintest ? Feeling{} : out;
}

}  // namespace body::text

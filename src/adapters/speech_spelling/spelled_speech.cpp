#include "adapters/speech_spelling/spelled_speech.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.hpp"

namespace adapters::speech_spelling {
namespace {

// A word with the punctuation around it; bytes above ASCII belong to the word.
struct Parts {
    std::string_view before, word, after;
};

bool is_of_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

Parts parts_of(std::string_view token) {
    const auto first = std::ranges::find_if(token, is_of_word);
    if (first == token.end()) return {token, {}, {}};
    const auto begin = static_cast<std::size_t>(first - token.begin());
    std::size_t end = token.size();
    while (!is_of_word(token[end - 1])) --end;
    return {token.substr(0, begin), token.substr(begin, end - begin), token.substr(end)};
}

// Without its spaces. Views into `text`.
std::vector<std::string_view> tokens_of(std::string_view text) {
    std::vector<std::string_view> tokens;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = text.find_first_not_of(' ', at);
        if (begin == std::string_view::npos) break;
        at = std::min(text.find(' ', begin), text.size());
        tokens.push_back(text.substr(begin, at - begin));
    }
    return tokens;
}

std::string lower_word(std::string_view token) {
    return base::to_lower_ascii(parts_of(token).word);
}

// What stands between the words of a rule has to be a space alone: "low, key" are two things.
bool hang_together(std::span<const std::string_view> tokens) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!parts_of(tokens[i]).after.empty() || !parts_of(tokens[i + 1]).before.empty()) {
            return false;
        }
    }
    return true;
}

}  // namespace

void SpelledSpeechToText::use(const Spellings& spellings) {
    rules_.clear();
    for (const auto& [heard, written] : spellings) {
        std::vector<std::string> words;
        for (const auto token : tokens_of(heard)) {
            if (auto word = lower_word(token); !word.empty()) words.push_back(std::move(word));
        }
        if (!words.empty()) rules_.push_back({std::move(words), written});
    }
    std::ranges::sort(rules_, std::ranges::greater{},
                      [](const Rule& rule) { return rule.heard.size(); });
}

const SpelledSpeechToText::Rule* SpelledSpeechToText::rule_at(
    const std::vector<std::string_view>& tokens, std::size_t first) const {
    for (const auto& rule : rules_) {
        if (rule.heard.size() > tokens.size() - first) continue;
        const std::span here(tokens.data() + first, rule.heard.size());
        if (std::ranges::equal(rule.heard, here, {}, {}, lower_word) && hang_together(here)) {
            return &rule;
        }
    }
    return nullptr;
}

std::string SpelledSpeechToText::spell(std::string_view text) const {
    const auto tokens = tokens_of(text);
    std::string out;
    for (std::size_t i = 0; i < tokens.size();) {
        if (!out.empty()) out += ' ';
        const Rule* rule = rule_at(tokens, i);
        if (rule == nullptr) {
            out += tokens[i++];
            continue;
        }
        out += parts_of(tokens[i]).before;
        out += rule->written;
        i += rule->heard.size();
        out += parts_of(tokens[i - 1]).after;
    }
    return out;
}

void SpelledSpeechToText::spell_words(std::vector<ports::HeardWord>& words) const {
    std::vector<std::string_view> tokens;
    tokens.reserve(words.size());
    for (const auto& word : words) tokens.push_back(word.text);
    std::vector<ports::HeardWord> out;
    for (std::size_t i = 0; i < words.size();) {
        const Rule* rule = rule_at(tokens, i);
        if (rule == nullptr) {
            out.push_back(words[i++]);
            continue;
        }
        ports::HeardWord one = words[i];
        const auto& last = words[i + rule->heard.size() - 1];
        one.text = std::string(parts_of(tokens[i]).before) + rule->written +
                   std::string(parts_of(last.text).after);
        one.dur_ms = last.t_ms + last.dur_ms - one.t_ms;
        for (std::size_t j = 0; j < rule->heard.size(); ++j, ++i) {
            one.confidence = std::min(one.confidence, words[i].confidence);
        }
        out.push_back(std::move(one));
    }
    words = std::move(out);
}

async::Task<base::Result<ports::Transcript>> SpelledSpeechToText::transcribe(
    ports::ListenRequest request, std::stop_token stop) {
    auto listening = recogniser_.transcribe(std::move(request), std::move(stop));
    auto heard = co_await std::move(listening);
    if (!heard || rules_.empty()) co_return heard;
    heard->text = spell(heard->text);
    spell_words(heard->words);
    co_return heard;
}

}  // namespace adapters::speech_spelling

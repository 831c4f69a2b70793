#include "engine/speech/phrase_fit.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <utility>

#include <whisper.h>

#include "engine/logprob.hpp"

namespace engine::speech {
namespace {

constexpr int kMostTokens = 24;

std::string capital(std::string word) {
    if (!word.empty()) {
        word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    }
    return word;
}

std::vector<std::string> parts_of(std::string_view phrase) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at < phrase.size()) {
        const std::size_t end = std::min(phrase.find(' ', at), phrase.size());
        if (end > at) parts.emplace_back(phrase.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

}  // namespace

std::vector<std::string> phrase_forms(std::string_view phrase) {
    std::vector<std::string> forms;
    const auto add = [&](const std::vector<std::string>& words, bool comma) {
        std::string form;
        for (std::size_t i = 0; i < words.size(); ++i) {
            form += ' ' + words[i];
            if (comma && i == 0) form += ',';
        }
        const bool known = std::find(forms.begin(), forms.end(), form) != forms.end();
        if (!form.empty() && !known) forms.push_back(std::move(form));
    };
    auto words = parts_of(phrase);
    if (words.empty()) return forms;
    add(words, false);
    words[0] = capital(std::move(words[0]));
    add(words, false);
    for (auto& word : words) word = capital(std::move(word));
    add(words, false);
    add(words, words.size() > 1);
    return forms;
}

PhraseFit::PhraseFit(whisper_context& model, std::function<bool()> hear_noise)
    : model_(model), hear_noise_(std::move(hear_noise)) {}

void PhraseFit::prepare(const std::string& phrase, int language) {
    if (phrase == phrase_ && language == language_) return;
    phrase_ = phrase;
    language_ = language;
    learned_ = false;
    forms_.clear();
    for (const auto& text : phrase_forms(phrase)) {
        std::array<whisper_token, kMostTokens> tokens{};
        const int count = whisper_tokenize(&model_, text.c_str(), tokens.data(), kMostTokens);
        if (count > 0) forms_.push_back({{tokens.begin(), tokens.begin() + count}, 0});
    }
    head_ = {whisper_token_sot(&model_)};
    if (whisper_is_multilingual(&model_) != 0) {
        head_.push_back(whisper_token_lang(&model_, std::max(language, 0)));
        head_.push_back(whisper_token_transcribe(&model_));
    }
    head_.push_back(whisper_token_not(&model_));
}

// Each form starts anew behind the head.
bool PhraseFit::begin(int threads) {
    return whisper_decode(&model_, head_.data(), static_cast<int>(head_.size()), 0, threads) == 0;
}

std::optional<double> PhraseFit::cost(const Form& form, int threads, double most,
                                      const std::function<bool()>& should_stop) {
    if (!begin(threads)) return std::nullopt;
    // Among words only, not the marks of time.
    const auto words = static_cast<std::size_t>(whisper_token_eot(&model_)) + 1;
    double sum = 0;
    for (std::size_t i = 0; i < form.tokens.size(); ++i) {
        if (should_stop()) return std::nullopt;
        sum -= log_probability({whisper_get_logits(&model_), words},
                               static_cast<std::size_t>(form.tokens[i]));
        if (sum >= most || i + 1 == form.tokens.size()) break;
        const int past = static_cast<int>(head_.size() + i);
        if (whisper_decode(&model_, &form.tokens[i], 1, past, threads) != 0) return std::nullopt;
    }
    return sum;
}

bool PhraseFit::learn(int threads, const std::function<bool()>& should_stop) {
    if (learned_) return true;
    if (!hear_noise_()) return false;
    for (auto& form : forms_) {
        const auto over_noise =
            cost(form, threads, std::numeric_limits<double>::infinity(), should_stop);
        if (!over_noise) return false;
        form.over_noise = *over_noise;
    }
    learned_ = true;
    return true;
}

std::optional<double> PhraseFit::measure(const std::string& phrase, int language, int threads,
                                         const std::function<bool()>& should_stop) {
    prepare(phrase, language);
    if (forms_.empty()) return std::nullopt;
    std::vector<double> costs;
    for (const auto& form : forms_) {
        // Dearer than over noise: nothing speaks for it, however it goes on.
        const double most = learned_ ? form.over_noise : std::numeric_limits<double>::infinity();
        const auto cost_now = cost(form, threads, most, should_stop);
        if (!cost_now) return std::nullopt;
        costs.push_back(*cost_now);
    }
    if (!learn(threads, should_stop)) return std::nullopt;
    double best = 0;
    for (std::size_t i = 0; i < forms_.size(); ++i) {
        if (forms_[i].over_noise > 0) best = std::max(best, 1 - costs[i] / forms_[i].over_noise);
    }
    return std::min(best, 1.0);
}

}  // namespace engine::speech

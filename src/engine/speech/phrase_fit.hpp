// PhraseFit: how well a sound begins with given words, by the recogniser's own measure. Words are
// forced upon the model and cost what it finds improbable about them (-log p); the same words cost
// something over noise, too, where nothing speaks for them. What the sound saves of that is the
// evidence: a likelihood ratio, as keyword spotting has always used, without a model of its own.
// It finds names that the model would never write by itself. Owned by one Recogniser, its thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct whisper_context;

namespace engine::speech {

// How the model may write the phrase: as given, as the start of a sentence, as a name, and with a
// comma behind its first word.
[[nodiscard]] std::vector<std::string> phrase_forms(std::string_view phrase);

class PhraseFit {
public:
    // `hear_noise` lets the library hear noise; called once for each new phrase.
    PhraseFit(whisper_context& model, std::function<bool()> hear_noise);

    // Of the sound that the library heard last: 0 (no better than noise) … 1 (certain); nothing
    // when the library failed, was stopped, or cannot write the phrase in 24 tokens. `language`:
    // the library's number. What the library heard is lost.
    [[nodiscard]] std::optional<double> measure(const std::string& phrase, int language,
                                                int threads,
                                                const std::function<bool()>& should_stop);

private:
    struct Form {
        std::vector<int> tokens;
        double over_noise = 0;  // -log p
    };
    void prepare(const std::string& phrase, int language);
    [[nodiscard]] bool begin(int threads);
    [[nodiscard]] std::optional<double> cost(const Form& form, int threads, double most,
                                             const std::function<bool()>& should_stop);
    [[nodiscard]] bool learn(int threads, const std::function<bool()>& should_stop);

    whisper_context& model_;
    std::function<bool()> hear_noise_;
    std::string phrase_;
    int language_ = -1;
    std::vector<int> head_;  // what stands before every text
    std::vector<Form> forms_;
    bool learned_ = false;
};

}  // namespace engine::speech

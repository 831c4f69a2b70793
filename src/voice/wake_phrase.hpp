// WakePhrase: is this what the companion is called by? A model of the phrase decides where there is
// one; else the recogniser's own measure of how well the sound fits the phrase, if it has one;
// else, and beside it, what the recogniser wrote is compared by sound rather than by letters: small
// recognisers write "hey nuke" or "hay Nook". Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace voice {

class WakePhrase {
public:
    WakePhrase() = default;
    // Of 1 to 6 words; anything else never matches. `threshold`: 0 (wakes at almost anything) … 1
    // (hardly ever).
    explicit WakePhrase(std::string_view phrase, double threshold = 0.5);

    [[nodiscard]] bool empty() const { return words_.empty(); }
    // What follows the phrase in `transcript` (may be empty); nothing when it does not begin with
    // it, a word or two of hesitation aside. `fit` and `score`: phrase_fit and wake_score of
    // ports::Transcript; a score alone decides.
    [[nodiscard]] std::optional<std::string> match(
        std::string_view transcript, std::optional<double> fit = std::nullopt,
        std::optional<double> score = std::nullopt) const;

private:
    // `alike`: how much the text sounds like the phrase, 0 … 1.
    [[nodiscard]] bool is_called(double alike, std::optional<double> fit,
                                 std::optional<double> score) const;

    std::vector<std::string> words_;  // as they sound
    std::string sound_;
    double threshold_ = 0.5;
};

// How a word sounds, roughly, in English: consonants in classes, vowels as one.
[[nodiscard]] std::string sound_of(std::string_view word);

}  // namespace voice

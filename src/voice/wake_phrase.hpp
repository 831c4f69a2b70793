// WakePhrase: is this what the companion is called by? Compares what a recogniser wrote with a
// phrase that the owner chose, by sound rather than by letters: small recognisers write "hey nuke"
// or "hay Nook". Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace voice {

class WakePhrase {
public:
    WakePhrase() = default;
    // Of 1 to 6 words; anything else never matches. `threshold`: 0 … 1, how alike it has to sound.
    explicit WakePhrase(std::string_view phrase, double threshold = 0.75);

    [[nodiscard]] bool empty() const { return words_.empty(); }
    // What follows the phrase in `transcript` (may be empty); nothing when it does not begin with
    // it, a word or two of hesitation aside.
    [[nodiscard]] std::optional<std::string> match(std::string_view transcript) const;

private:
    std::vector<std::string> words_;  // as they sound
    std::string sound_;
    double threshold_ = 0.75;
};

// How a word sounds, roughly, in English: consonants in classes, vowels as one.
[[nodiscard]] std::string sound_of(std::string_view word);

}  // namespace voice

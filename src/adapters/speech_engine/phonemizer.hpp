// Phonemizer: written words → IPA. EspeakPhonemizer asks the program espeak-ng, which is GPL-3 and
// therefore stays a program of its own: a child of the server, started for each text, fed and read
// through memory files (docs/decisions/0007-speech-borders.md). io thread only.
// Errors: unavailable (espeak-ng is not installed), timeout, upstream (it failed), cancelled.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/result.hpp"

namespace adapters::speech_engine {

class Phonemizer {
public:
    virtual ~Phonemizer() = default;
    // `pieces`: single lines as sentences.hpp makes them; `voice`: espeak's name of a language
    // ("en-us"). One IPA text for each piece, words parted by blanks.
    [[nodiscard]] virtual async::Task<base::Result<std::vector<std::string>>> phonemes(
        std::vector<std::string> pieces, std::string voice, std::stop_token stop) = 0;
};

class EspeakPhonemizer final : public Phonemizer {
public:
    // `program`: path of espeak-ng; empty: not installed. `clock` outlives it.
    EspeakPhonemizer(async::Executor executor, async::Clock& clock, std::string program);

    [[nodiscard]] async::Task<base::Result<std::vector<std::string>>> phonemes(
        std::vector<std::string> pieces, std::string voice, std::stop_token stop) override;

private:
    [[nodiscard]] async::Task<base::Result<std::vector<std::string>>> ask(std::string text,
                                                                          std::string voice,
                                                                          std::stop_token stop);

    async::Executor executor_;
    async::Clock& clock_;
    std::string program_;
};

// The path of espeak-ng on this system; empty when it is not installed.
[[nodiscard]] std::string find_espeak();
// The lines of espeak's answer, without its marks of other languages. What is not IPA is left out.
[[nodiscard]] std::vector<std::string> read_ipa_lines(std::string_view answer);

}  // namespace adapters::speech_engine

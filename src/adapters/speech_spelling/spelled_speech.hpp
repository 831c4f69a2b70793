// SpelledSpeechToText: a recogniser in front of another one, which writes names as their owner
// does: "nuke" → "Nook", "low key" → "Loci". Small recognisers know few names. A stage of the
// pipeline like any other, and the example of docs/custom-stage.md. io thread only; the recogniser
// behind it outlives it, and its errors pass through.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ports/speech.hpp"

namespace adapters::speech_spelling {

// As heard (words with spaces between them, in any case, without punctuation) → as written.
using Spellings = std::map<std::string, std::string>;

class SpelledSpeechToText final : public ports::SpeechToText {
public:
    explicit SpelledSpeechToText(ports::SpeechToText& recogniser) : recogniser_(recogniser) {}

    // From the next transcript on.
    void use(const Spellings& spellings);

    [[nodiscard]] std::string name() const override { return recogniser_.name(); }
    [[nodiscard]] ports::LlmPlace place() const override { return recogniser_.place(); }
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token stop) override {
        return recogniser_.prewarm(std::move(stop));
    }

    // The same rules on a text alone; punctuation around what is exchanged stays.
    [[nodiscard]] std::string spell(std::string_view text) const;

private:
    struct Rule {
        std::vector<std::string> heard;  // in lower case
        std::string written;
    };

    // The longest rule that the words from `first` on follow; null: none does.
    [[nodiscard]] const Rule* rule_at(const std::vector<std::string_view>& tokens,
                                      std::size_t first) const;
    void spell_words(std::vector<ports::HeardWord>& words) const;

    ports::SpeechToText& recogniser_;
    std::vector<Rule> rules_;  // those with more words first
};

}  // namespace adapters::speech_spelling

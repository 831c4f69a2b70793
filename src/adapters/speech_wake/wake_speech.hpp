// WakeSpeechToText: a recogniser in front of another one, which listens for the phrase of a request
// with a model of that phrase first. What cannot be the phrase is not recognised at all: while the
// companion sleeps most of what it hears costs a twentieth. io thread only; the recogniser and the
// spotter outlive it, and their errors pass through.
#pragma once

#include "ports/speech.hpp"

namespace adapters::speech_wake {

class WakeSpeechToText final : public ports::SpeechToText {
public:
    WakeSpeechToText(ports::SpeechToText& recogniser, ports::WakeSpotter& spotter)
        : recogniser_(recogniser), spotter_(spotter) {}

    [[nodiscard]] std::string name() const override { return recogniser_.name(); }
    [[nodiscard]] ports::LlmPlace place() const override { return recogniser_.place(); }
    // With a phrase and a model of it: Transcript::wake_score is told, and no_speech says that it
    // cannot have been the phrase, whatever else was said.
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token stop) override {
        return recogniser_.prewarm(std::move(stop));
    }

private:
    ports::SpeechToText& recogniser_;
    ports::WakeSpotter& spotter_;
};

}  // namespace adapters::speech_wake

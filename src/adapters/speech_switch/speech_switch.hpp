// SwitchingSpeechToText and SwitchingTextToSpeech: one recogniser and one voice made of several:
// the engine of this machine, which is always there, and servers by their names. The owner's choice
// says who works; a fallback, where the owner named one, takes over when the chosen one fails
// before its first sound or word. io thread only; the engine of this machine outlives them, a
// server that is no longer chosen ends its calls first. Errors: those of the one that was asked
// last.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/speech.hpp"

namespace adapters::speech_switch {

// Told after each call of a server how it went; null: well.
using OnOutcome = std::function<void(const std::string& server, const base::Error* failure)>;

struct Hearing {
    std::vector<std::shared_ptr<ports::SpeechToText>> servers;
    std::string chosen;    // a server's name; empty: the engine of this machine
    std::string fallback;  // a server's name, or kHere; empty: none
};

// Names the engine of this machine as a fallback of hearing.
inline constexpr const char* kHere = "here";

class SwitchingSpeechToText final : public ports::SpeechToText {
public:
    SwitchingSpeechToText(ports::SpeechToText& here, OnOutcome on_outcome)
        : here_(here), on_outcome_(std::move(on_outcome)) {}

    // What runs goes on with its own.
    void use(Hearing hearing) { hearing_ = std::move(hearing); }
    [[nodiscard]] std::string name() const override;
    // The farthest place that sound may go to.
    [[nodiscard]] ports::LlmPlace place() const override;
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token stop) override;

private:
    struct Named {
        std::shared_ptr<ports::SpeechToText> server;  // null: the engine of this machine
        std::string name;
    };
    [[nodiscard]] base::Result<Named> find(const std::string& name) const;
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> ask(Named whom,
                                                                   ports::ListenRequest request,
                                                                   std::stop_token stop);
    ports::SpeechToText& here_;
    OnOutcome on_outcome_;
    Hearing hearing_;
};

struct Speaking {
    std::vector<std::shared_ptr<ports::TextToSpeech>> servers;
    // Ids of voices: one of the engine of this machine, a server's name, or "<server>/<voice>".
    std::string chosen;
    std::string fallback;  // empty: none
};

class SwitchingTextToSpeech final : public ports::TextToSpeech {
public:
    SwitchingTextToSpeech(ports::TextToSpeech& here, OnOutcome on_outcome)
        : here_(here), on_outcome_(std::move(on_outcome)) {}

    // What runs goes on with its own.
    void use(Speaking speaking) { speaking_ = std::move(speaking); }
    [[nodiscard]] std::string name() const override { return speaking_.chosen; }
    // The farthest place that words may go to.
    [[nodiscard]] ports::LlmPlace place() const override;
    [[nodiscard]] async::Task<base::Result<void>> speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) override;
    // Those of this machine first.
    [[nodiscard]] std::vector<ports::Voice> voices() const override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string voice,
                                                          std::stop_token stop) override;

private:
    // Null: the engine of this machine.
    [[nodiscard]] std::shared_ptr<ports::TextToSpeech> server_of(const std::string& voice) const;
    [[nodiscard]] async::Task<base::Result<void>> ask(ports::SpeakRequest request,
                                                      ports::SpeechSink& sink,
                                                      std::stop_token stop);
    ports::TextToSpeech& here_;
    OnOutcome on_outcome_;
    Speaking speaking_;
};

}  // namespace adapters::speech_switch

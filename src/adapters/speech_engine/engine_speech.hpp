// The speech ports on loci-engine: EngineSpeechToText, EngineTextToSpeech, EngineVoiceActivity,
// EngineTurnDetector, EngineWakeSpotter. io thread only; the host, which starts the engine when
// first needed, and the phonemiser outlive them. Which model each uses may change; what runs goes
// on with its own. Errors: those of ports/speech.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/llm_engine/engine_host.hpp"
#include "adapters/speech_engine/phonemizer.hpp"
#include "engine/wire/speech.hpp"
#include "ports/speech.hpp"

namespace adapters::speech_engine {

// The voice that is built into the engine, as a model and as a voice.
inline constexpr const char* kFlite = "flite";

class EngineSpeechToText final : public ports::SpeechToText {
public:
    // `model` is the id of a model of role recognise; empty: there is none.
    EngineSpeechToText(llm_engine::EngineHost& host, std::string model)
        : host_(host), model_(std::move(model)) {}

    void use(std::string model) { model_ = std::move(model); }
    [[nodiscard]] std::string name() const override { return model_; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token stop) override;

private:
    [[nodiscard]] base::Result<void> check() const;
    llm_engine::EngineHost& host_;
    std::string model_;
};

// A voice that the engine can speak with.
struct EngineVoice {
    ports::Voice voice;
    std::string model;   // id of a model of role speak
    std::string espeak;  // espeak's name of its language; empty: takes text
    int speaker = 0;     // which one of the model's
};

class EngineTextToSpeech final : public ports::TextToSpeech {
public:
    EngineTextToSpeech(llm_engine::EngineHost& host, Phonemizer& phonemizer,
                       std::vector<EngineVoice> voices, std::string chosen)
        : host_(host),
          phonemizer_(phonemizer),
          voices_(std::move(voices)),
          chosen_(std::move(chosen)) {}

    void offer(std::vector<EngineVoice> voices, std::string chosen) {
        voices_ = std::move(voices);
        chosen_ = std::move(chosen);
    }
    [[nodiscard]] std::string name() const override { return chosen_; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<void>> speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) override;
    [[nodiscard]] std::vector<ports::Voice> voices() const override;
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string voice,
                                                          std::stop_token stop) override;

private:
    [[nodiscard]] base::Result<EngineVoice> find(const std::string& id) const;
    [[nodiscard]] async::Task<base::Result<std::vector<engine::wire::Clause>>> prepare(
        std::string text, EngineVoice voice, std::stop_token stop);

    llm_engine::EngineHost& host_;
    Phonemizer& phonemizer_;
    std::vector<EngineVoice> voices_;
    std::string chosen_;
};

class EngineVoiceActivity final : public ports::VoiceActivity {
public:
    EngineVoiceActivity(llm_engine::EngineHost& host, std::string model)
        : host_(host), model_(std::move(model)) {}
    void use(std::string model) { model_ = std::move(model); }
    [[nodiscard]] std::unique_ptr<ports::VoiceStream> open() override;

private:
    llm_engine::EngineHost& host_;
    std::string model_;
    std::uint32_t streams_ = 0;
};

class EngineTurnDetector final : public ports::TurnDetector {
public:
    EngineTurnDetector(llm_engine::EngineHost& host, std::string model)
        : host_(host), model_(std::move(model)) {}
    void use(std::string model) { model_ = std::move(model); }
    [[nodiscard]] async::Task<base::Result<float>> finished(std::vector<float> samples,
                                                            std::stop_token stop) override;

private:
    llm_engine::EngineHost& host_;
    std::string model_;
};

class EngineWakeSpotter final : public ports::WakeSpotter {
public:
    // `model` is the id of a model of role wake; empty: there is none.
    EngineWakeSpotter(llm_engine::EngineHost& host, std::string model)
        : host_(host), model_(std::move(model)) {}
    void use(std::string model) { model_ = std::move(model); }
    [[nodiscard]] bool available() const override { return !model_.empty(); }
    [[nodiscard]] async::Task<base::Result<float>> spot(std::vector<float> samples,
                                                        std::stop_token stop) override;

private:
    llm_engine::EngineHost& host_;
    std::string model_;
};

}  // namespace adapters::speech_engine

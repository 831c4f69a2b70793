// SpeechSetup: which recogniser, voices and helpers of turn taking this machine has, which of them
// the settings choose, and the ports made of them. Composition root; io thread. The engine and the
// clock outlive it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/speech_engine/engine_speech.hpp"
#include "async/clock.hpp"
#include "config/settings.hpp"
#include "model_shelf.hpp"

namespace loci {

// Names of models of the shelf; empty: there is none.
struct SpeechChoice {
    std::vector<adapters::speech_engine::EngineVoice> voices;  // flite first; it is always there
    std::string voice;
    std::string recogniser;
    std::string activity;
    std::string turn;
};

// The settings' choice out of what is there. A chosen model that is not there stays chosen, so that
// using it says what is missing instead of quietly taking another.
[[nodiscard]] SpeechChoice choose_speech(const ModelShelf& shelf, const config::Settings& settings);

// The folder of ONNX Runtime: of an installation, or the one that the set-up fills.
[[nodiscard]] std::string find_speech_folder(const std::filesystem::path& program_folder);

class SpeechSetup {
public:
    SpeechSetup(async::Executor executor, async::Clock& clock,
                adapters::llm_engine::EngineHost& engine, SpeechChoice choice);

    [[nodiscard]] ports::SpeechToText& recogniser() { return recogniser_; }
    [[nodiscard]] ports::TextToSpeech& voice() { return voice_; }
    // Models came or went, or the owner chose others.
    void take(SpeechChoice choice);
    [[nodiscard]] ports::VoiceActivity& activity() { return activity_; }
    [[nodiscard]] ports::TurnDetector& turns() { return turns_; }
    [[nodiscard]] ports::SpeechPorts all() { return {recogniser_, voice_, activity_, turns_}; }

private:
    adapters::speech_engine::EspeakPhonemizer phonemizer_;
    adapters::speech_engine::EngineSpeechToText recogniser_;
    adapters::speech_engine::EngineTextToSpeech voice_;
    adapters::speech_engine::EngineVoiceActivity activity_;
    adapters::speech_engine::EngineTurnDetector turns_;
};

}  // namespace loci

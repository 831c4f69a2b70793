// SpeechSetup: which recogniser, voices and helpers of turn taking this machine has, which of them
// the settings choose, and the ports made of them: the engine here and servers over HTTP behind one
// switch. Composition root; io thread. The engine, the clock and the client outlive it.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "adapters/speech_engine/engine_speech.hpp"
#include "adapters/speech_spelling/spelled_speech.hpp"
#include "adapters/speech_switch/speech_switch.hpp"
#include "adapters/speech_wake/wake_speech.hpp"
#include "async/clock.hpp"
#include "config/settings.hpp"
#include "http/client.hpp"
#include "model_shelf.hpp"
#include "speech_servers.hpp"
#include "wake_choice.hpp"

namespace loci {

// Names of models of the shelf; empty: there is none.
struct SpeechChoice {
    std::vector<adapters::speech_engine::EngineVoice> voices;  // flite first; it is always there
    std::string voice;       // also "<server>" or "<server>/<voice>"
    std::string recogniser;  // of this machine
    std::string activity;
    std::string turn;
    WakeChoice wake;
    SpeechServers servers;
    std::string hearing_server;  // the name of the one that understands speech; empty: this machine
    std::string voice_fallback;
    std::string recogniser_fallback;
    adapters::speech_spelling::Spellings spellings;
};

// The settings' choice out of what is there. A chosen model that is not there stays chosen, so that
// using it says what is missing instead of quietly taking another. A server has to be named.
[[nodiscard]] SpeechChoice choose_speech(const ModelShelf& shelf, const config::Settings& settings);

// The folder of ONNX Runtime: of an installation, or the one that the set-up fills.
[[nodiscard]] std::string find_speech_folder(const std::filesystem::path& program_folder);

// What speech is made of here.
struct SpeechParts {
    async::Executor executor;
    async::Clock& clock;
    http::Client& client;
    adapters::llm_engine::EngineHost& engine;
};

class SpeechSetup {
public:
    // `on_outcome` is told how calls of servers went.
    SpeechSetup(SpeechParts parts, const SpeechChoice& choice,
                adapters::speech_switch::OnOutcome on_outcome = {});

    [[nodiscard]] ports::SpeechToText& recogniser() { return waking_; }
    [[nodiscard]] ports::TextToSpeech& voice() { return speaking_; }
    // Models came or went, or the owner chose others.
    void take(const SpeechChoice& choice);
    // Asks the chosen servers whether they are there; `on_outcome` hears of it.
    [[nodiscard]] async::Task<void> ask_servers(std::stop_token stop);
    [[nodiscard]] ports::VoiceActivity& activity() { return activity_; }
    [[nodiscard]] ports::TurnDetector& turns() { return turns_; }
    [[nodiscard]] ports::SpeechPorts all() { return {waking_, speaking_, activity_, turns_}; }

private:
    void choose_servers(const SpeechChoice& choice);

    async::Clock& clock_;
    http::Client& client_;
    adapters::speech_engine::EspeakPhonemizer phonemizer_;
    adapters::speech_engine::EngineSpeechToText recogniser_;
    adapters::speech_engine::EngineTextToSpeech voice_;
    adapters::speech_engine::EngineVoiceActivity activity_;
    adapters::speech_engine::EngineTurnDetector turns_;
    adapters::speech_switch::SwitchingSpeechToText hearing_;
    adapters::speech_spelling::SpelledSpeechToText spelled_{hearing_};
    adapters::speech_engine::EngineWakeSpotter spotter_;
    adapters::speech_wake::WakeSpeechToText waking_{spelled_, spotter_};
    adapters::speech_switch::SwitchingTextToSpeech speaking_;
    bool hears_elsewhere_ = false;
    bool speaks_elsewhere_ = false;
};

}  // namespace loci

// The engines of speech as a bench uses them: one loci-engine with the models of a folder, started
// when first needed, and an io loop to ask it with. Owned by the bench; main thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "adapters/speech_engine/engine_speech.hpp"
#include "async/clock.hpp"

namespace bench {

// Wake models by id and file; a missing one fails when used.
inline constexpr std::array<std::pair<const char*, const char*>, 2> kWakeModels = {
    {{"hey-nook", "hey_nook.onnx"}, {"hey-jarvis", "hey_jarvis_v0.1.onnx"}}};

struct SpeechPlaces {
    std::string program;        // loci-engine
    std::string speech_folder;  // libraries of hearing and speaking
    std::string models;
};

class SpeechSetUp {
public:
    explicit SpeechSetUp(const SpeechPlaces& places);
    // Ends the engine.
    ~SpeechSetUp();
    SpeechSetUp(const SpeechSetUp&) = delete;
    SpeechSetUp& operator=(const SpeechSetUp&) = delete;

    // The voices "flite" and "joe-medium". The recognisers are "whisper-tiny.en" and
    // "whisper-base", the models of turn taking "vad" and "turn"; a model whose file is missing
    // fails when used.
    [[nodiscard]] std::unique_ptr<adapters::speech_engine::EngineTextToSpeech> voices(
        std::string chosen);

    boost::asio::io_context io;
    std::unique_ptr<async::Clock> clock = async::make_system_clock();
    adapters::speech_engine::EspeakPhonemizer phonemizer{io.get_executor(), *clock,
                                                         adapters::speech_engine::find_espeak()};
    std::unique_ptr<adapters::llm_engine::EngineHost> host;
};

}  // namespace bench

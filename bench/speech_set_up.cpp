#include "speech_set_up.hpp"

#include <utility>
#include <vector>

#include "async/task.hpp"

namespace bench {

using adapters::llm_engine::EngineRole;
using adapters::speech_engine::EngineVoice;

SpeechSetUp::SpeechSetUp(const SpeechPlaces& places) {
    adapters::llm_engine::EngineOptions options;
    options.program = places.program;
    options.speech_folder = places.speech_folder;
    options.models_folder = places.models;
    const auto add = [&](const char* id, const char* file, EngineRole role) {
        const std::string path = *file == 0 ? "" : places.models + "/" + file;
        options.models.push_back({id, id, path, role, 0, false, false});
    };
    add("whisper-tiny.en", "ggml-tiny.en.bin", EngineRole::recognise);
    add("whisper-base", "ggml-base.bin", EngineRole::recognise);
    add("flite", "", EngineRole::speak);
    add("joe-medium", "en_US-joe-medium.onnx", EngineRole::speak);
    add("vad", "silero_vad.onnx", EngineRole::activity);
    add("turn", "smart-turn-v3.2-cpu.onnx", EngineRole::turn);
    for (const auto& [id, file] : kWakeModels) {
        add(id, file, EngineRole::wake);
        options.models.back().shared = places.models;
    }
    host = std::make_unique<adapters::llm_engine::EngineHost>(io.get_executor(), *clock, options);
}

SpeechSetUp::~SpeechSetUp() {
    async::spawn_detached(io.get_executor(), "close", host->close());
    io.restart();
    io.run();
}

std::unique_ptr<adapters::speech_engine::EngineTextToSpeech> SpeechSetUp::voices(
    std::string chosen) {
    EngineVoice flite;
    flite.voice.id = flite.model = "flite";
    EngineVoice joe;
    joe.voice.id = joe.model = "joe-medium";
    joe.espeak = "en-us";
    return std::make_unique<adapters::speech_engine::EngineTextToSpeech>(
        *host, phonemizer, std::vector{flite, joe}, std::move(chosen));
}

}  // namespace bench

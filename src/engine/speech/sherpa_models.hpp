// Recognisers and voices of sherpa-onnx: one adapter for all its families, which differ in the
// files that they are made of (engine/folders). Loading looks at the folder first. Owned by one
// model's thread; a call cannot be stopped or slowed down in its middle, and its threads are
// chosen when the model is loaded.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/speech/listener.hpp"
#include "engine/speech/voice.hpp"

namespace engine::speech {

struct SherpaModel {
    std::string libraries;  // folder of sherpa-onnx and ONNX Runtime
    std::string folder;
    std::string family = "auto";  // of engine/folders; auto: the files tell
    int threads = 1;
};

[[nodiscard]] base::Result<std::unique_ptr<Listener>> load_sherpa_recogniser(
    const SherpaModel& model);
// Speaks the clause's phonemes; leaves out those that it does not know.
[[nodiscard]] base::Result<std::unique_ptr<VoiceSynth>> load_sherpa_voice(const SherpaModel& model);

}  // namespace engine::speech

// The folder of a model of sherpa-onnx, looked at again in the engine. Blocking.
#pragma once

#include "base/result.hpp"
#include "engine/folders/speech_folder.hpp"
#include "engine/speech/sherpa_models.hpp"

namespace engine::speech {

// `voice`: what it is to be used for. Errors: those of read_speech_folder, invalid_argument.
[[nodiscard]] base::Result<folders::SpeechFolder> open_sherpa_folder(const SherpaModel& model,
                                                                     bool voice);
[[nodiscard]] base::Error cannot_load(const SherpaModel& model);

}  // namespace engine::speech

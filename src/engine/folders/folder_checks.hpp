// Looks into the files of a model's folder for what sherpa-onnx would end the process over: cut
// files, facts that a family's models have to state, token lists and styles that do not fit.
#pragma once

#include "base/result.hpp"
#include "engine/folders/speech_folder.hpp"

namespace engine::folders {

// Also fills in the facts. Errors: not_found, corrupt, unsupported.
[[nodiscard]] base::Result<void> check_folder(SpeechFolder& folder);

}  // namespace engine::folders

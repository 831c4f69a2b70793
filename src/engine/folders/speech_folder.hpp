// A model of hearing or speaking that is a folder, as sherpa-onnx's makers publish them: which
// family it belongs to, which of its files is what, and whether all is there. The server lists
// models by it, the engine looks again before sherpa-onnx does, because that ends the process when
// a file or a fact in it is missing. Blocking, local files only. Any thread.
// File names: k2-fsa/sherpa-onnx, c-api-examples and python-api-examples.
// Errors: not_found, corrupt (a file is damaged), unsupported (no family of ours, or a file lacks).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/folders/onnx_facts.hpp"

namespace engine::folders {

enum class Family {
    sense_voice,
    paraformer,  // FunASR
    zipformer,   // a transducer
    zipformer_ctc,
    nemo_ctc,  // parakeet and others of NVIDIA's, CTC
    parakeet,  // the same, transducers
    moonshine,
    kokoro,
    kitten,
    matcha,
};

// The name in settings and in the engine protocol.
[[nodiscard]] std::string_view name_of(Family family);
[[nodiscard]] std::optional<Family> family_of(std::string_view name);
[[nodiscard]] std::vector<std::string> family_names();
// False: it recognises.
[[nodiscard]] bool is_voice(Family family);

struct SpeechFolder {
    Family family = Family::sense_voice;
    // What for → path: tokens, model, encoder, decoder, joiner, preprocessor, uncached_decoder,
    // cached_decoder, merged_decoder, voices, vocoder.
    std::map<std::string, std::string> files;
    Facts facts;  // of its main model
    long long bytes = 0;

    [[nodiscard]] std::string file(const std::string& what) const;
};

// Cheap: whether the files' names are those of such a folder.
[[nodiscard]] bool is_speech_folder(const std::string& path);
// `wanted`: the family that the owner says it is; otherwise the files tell.
[[nodiscard]] base::Result<SpeechFolder> read_speech_folder(const std::string& path,
                                                            std::optional<Family> wanted = {});
// A guess for a folder that cannot be read: whether it was meant to speak.
[[nodiscard]] bool looks_like_voice(const std::string& path);

}  // namespace engine::folders

// VoiceSynth: one loaded voice. Owned by one model's thread. Errors: those of loading (not_found,
// corrupt, unsupported, unavailable) and internal.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/speech/onnx.hpp"
#include "engine/wire/speech.hpp"

namespace engine::speech {

// How something is said.
struct Manner {
    double speed = 1;
    int speaker = 0;  // of a voice with several; others have this one
};

class VoiceSynth {
public:
    virtual ~VoiceSynth() = default;
    // One clause; `index` of the segment is left to the caller.
    [[nodiscard]] virtual base::Result<wire::Segment> speak(const wire::Clause& clause,
                                                            const Manner& manner) = 0;
};

// A Piper voice: the model and its description, `path` + ".json". Speaks the clause's phonemes.
[[nodiscard]] base::Result<std::unique_ptr<VoiceSynth>> load_piper(std::shared_ptr<Onnx> onnx,
                                                                   const std::string& path,
                                                                   int threads);
// The voice that is linked in (flite, slt). Speaks the clause's text, English only.
[[nodiscard]] base::Result<std::unique_ptr<VoiceSynth>> load_flite();

}  // namespace engine::speech

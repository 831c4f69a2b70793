// Backends: everything that computes in this process, put together: llama.cpp and, where it was
// built in, hearing and speaking. Shared by the program and the in-process library; main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/llama/runtime.hpp"
#ifdef LOCI_SPEECH
#include "engine/speech/speech_backend.hpp"
#endif

namespace loci_engine {

class Backends {
public:
    // `speech_folder` holds ONNX Runtime; may be empty.
    [[nodiscard]] static base::Result<Backends> start(std::string speech_folder) {
        TRY(runtime, engine::llama::Runtime::start());
        Backends backends;
        backends.llama_ = std::move(runtime);
#ifdef LOCI_SPEECH
        engine::speech::SpeechBackend::Options options;
        options.libraries = std::move(speech_folder);
        options.threads = backends.llama_->threads();
        options.gate = backends.llama_->gate();
        backends.speech_ =
            std::make_unique<engine::speech::SpeechBackend>(*backends.llama_, std::move(options));
#else
        static_cast<void>(speech_folder);
#endif
        return backends;
    }

    [[nodiscard]] engine::Backend& all() {
#ifdef LOCI_SPEECH
        return *speech_;
#else
        return *llama_;
#endif
    }
    [[nodiscard]] const std::string& llama_folder() const { return llama_->libraries_folder(); }

private:
    std::unique_ptr<engine::llama::Runtime> llama_;
#ifdef LOCI_SPEECH
    std::unique_ptr<engine::speech::SpeechBackend> speech_;
#endif
};

}  // namespace loci_engine

#include "engine/speech/speech_backend.hpp"

#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "engine/speech/sherpa_library.hpp"
#include "engine/speech/works.hpp"

namespace engine::speech {

wire::Hello SpeechBackend::hello() const {
    auto hello = others_.hello();
    hello.speech.push_back("on: " + Recogniser::library() + " recognises");
    std::error_code ignored;
    const bool onnx = std::filesystem::exists(options_.libraries + "/libonnxruntime.so", ignored);
    hello.speech.emplace_back(onnx ? "on: ONNX Runtime finds speech and speaks with Piper voices"
                                   : "off: ONNX Runtime is missing; run ./loci set-up");
    hello.speech.emplace_back("on: flite speaks");
    const auto sherpa = std::filesystem::path(options_.libraries) / SherpaLibrary::kFile;
    hello.speech.push_back(std::filesystem::exists(sherpa, ignored)
                               ? fmt::format("on: sherpa-onnx {} runs models that are folders",
                                             SherpaLibrary::kVersion)
                               : "off: sherpa-onnx is missing; run ./loci set-up");
    return hello;
}

std::unique_ptr<Worker> SpeechBackend::make_worker(wire::ModelSpec spec, WorkerOptions options) {
    auto pulse = std::make_shared<Pulse>();
    const int threads = options.threads > 0 ? options.threads : options_.threads;
    WorkParts parts{spec, threads, options_.libraries, options_.gate, pulse};
    std::unique_ptr<ModelWork> work;
    switch (spec.role) {
        case wire::ModelRole::recognise:
            work = std::make_unique<ListenWork>(std::move(parts));
            break;
        case wire::ModelRole::speak:
            work = std::make_unique<SpeakWork>(std::move(parts));
            break;
        case wire::ModelRole::activity:
            work = std::make_unique<ActivityWork>(std::move(parts));
            break;
        case wire::ModelRole::turn:
            work = std::make_unique<TurnWork>(std::move(parts));
            break;
        case wire::ModelRole::wake:
            work = std::make_unique<WakeWork>(std::move(parts));
            break;
        case wire::ModelRole::chat:
        case wire::ModelRole::embed:
            return others_.make_worker(std::move(spec), options);
    }
    return std::make_unique<ModelThread>(spec.id, std::move(pulse), std::move(work),
                                         options.idle_unload);
}

}  // namespace engine::speech

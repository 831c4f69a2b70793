#include "engine/speech/sherpa_library.hpp"

#include <filesystem>
#include <mutex>

#include <dlfcn.h>

#include <fmt/core.h>

namespace engine::speech {
namespace {

constexpr const char* kBring = "run ./loci set-up to fetch it";

std::string reason() {
    const char* text = dlerror();
    return text == nullptr ? "unknown reason" : text;
}

}  // namespace

base::Result<void> SherpaLibrary::find_functions(void* library) {
    const char* missing = nullptr;
    const auto find = [&](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (function == nullptr) missing = name;
    };
    find(create_recogniser, "SherpaOnnxCreateOfflineRecognizer");
    find(destroy_recogniser, "SherpaOnnxDestroyOfflineRecognizer");
    find(create_stream, "SherpaOnnxCreateOfflineStream");
    find(destroy_stream, "SherpaOnnxDestroyOfflineStream");
    find(set_option, "SherpaOnnxOfflineStreamSetOption");
    find(accept, "SherpaOnnxAcceptWaveformOffline");
    find(decode, "SherpaOnnxDecodeOfflineStream");
    find(result, "SherpaOnnxGetOfflineStreamResult");
    find(destroy_result, "SherpaOnnxDestroyOfflineRecognizerResult");
    find(create_voice, "SherpaOnnxCreateOfflineTts");
    find(destroy_voice, "SherpaOnnxDestroyOfflineTts");
    find(sample_rate, "SherpaOnnxOfflineTtsSampleRate");
    find(speakers, "SherpaOnnxOfflineTtsNumSpeakers");
    find(generate, "SherpaOnnxOfflineTtsGenerateWithConfig");
    find(destroy_audio, "SherpaOnnxDestroyOfflineTtsGeneratedAudio");
    if (missing == nullptr) return {};
    return base::fail(base::ErrorCode::unsupported, fmt::format("sherpa-onnx lacks {}", missing),
                      kBring);
}

base::Result<std::shared_ptr<const SherpaLibrary>> SherpaLibrary::open(const std::string& folder) {
    static std::mutex opening;
    static std::shared_ptr<const SherpaLibrary> opened;
    const std::lock_guard lock(opening);
    if (opened) return opened;
    const std::string path = (std::filesystem::path(folder) / kFile).string();
    // Its ONNX Runtime is the one beside it: it is found by its name when onnx.hpp has opened it,
    // else by the library's own path.
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        return base::fail(base::ErrorCode::unavailable,
                          fmt::format("sherpa-onnx cannot be loaded: {}", reason()), kBring);
    }
    const auto version = reinterpret_cast<decltype(&SherpaOnnxGetVersionStr)>(
        dlsym(library, "SherpaOnnxGetVersionStr"));
    const std::string found = version == nullptr ? "without a version" : version();
    if (found != kVersion) {
        return base::fail(
            base::ErrorCode::unsupported,
            fmt::format("sherpa-onnx is {}, and Loci was built for {}", found, kVersion),
            "run ./loci set-up to fetch the right one");
    }
    std::shared_ptr<SherpaLibrary> sherpa(new SherpaLibrary);
    TRY_DO(sherpa->find_functions(library));
    opened = sherpa;
    return opened;
}

}  // namespace engine::speech

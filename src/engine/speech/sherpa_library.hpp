// SherpaLibrary: sherpa-onnx, opened when a model of it is first loaded. Its header is the one of
// the version that the set-up brings; a library of another version is refused, because its
// structures may differ. It shares the folder's ONNX Runtime with onnx.hpp.
// What the library throws is caught in call(); what it would end the process over has to be
// checked before (engine/folders). Any thread opens; objects made with it belong to one thread.
// Errors: unavailable (no library), unsupported (another version).
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <sherpa-onnx/c-api/c-api.h>

#include "base/result.hpp"

namespace engine::speech {

class SherpaLibrary {
public:
    static constexpr const char* kFile = "libsherpa-onnx-c-api.so";
    static constexpr const char* kVersion = "2.0.1";  // tools/setup/artefacts.json

    // `folder` holds the library and libonnxruntime.so. Opened once per process; it stays.
    [[nodiscard]] static base::Result<std::shared_ptr<const SherpaLibrary>> open(
        const std::string& folder);

    // Runs `function`; what it throws becomes an Error of this code.
    template <class Function>
    [[nodiscard]] static auto call(base::ErrorCode code, Function&& function)
        -> base::Result<decltype(function())> try {
        return function();
    } catch (const std::exception& e) {
        return base::fail(code, std::string("sherpa-onnx: ") + e.what());
    }

    decltype(&SherpaOnnxCreateOfflineRecognizer) create_recogniser = nullptr;
    decltype(&SherpaOnnxDestroyOfflineRecognizer) destroy_recogniser = nullptr;
    decltype(&SherpaOnnxCreateOfflineStream) create_stream = nullptr;
    decltype(&SherpaOnnxDestroyOfflineStream) destroy_stream = nullptr;
    decltype(&SherpaOnnxOfflineStreamSetOption) set_option = nullptr;
    decltype(&SherpaOnnxAcceptWaveformOffline) accept = nullptr;
    decltype(&SherpaOnnxDecodeOfflineStream) decode = nullptr;
    decltype(&SherpaOnnxGetOfflineStreamResult) result = nullptr;
    decltype(&SherpaOnnxDestroyOfflineRecognizerResult) destroy_result = nullptr;
    decltype(&SherpaOnnxCreateOfflineTts) create_voice = nullptr;
    decltype(&SherpaOnnxDestroyOfflineTts) destroy_voice = nullptr;
    decltype(&SherpaOnnxOfflineTtsSampleRate) sample_rate = nullptr;
    decltype(&SherpaOnnxOfflineTtsNumSpeakers) speakers = nullptr;
    decltype(&SherpaOnnxOfflineTtsGenerateWithConfig) generate = nullptr;
    decltype(&SherpaOnnxDestroyOfflineTtsGeneratedAudio) destroy_audio = nullptr;

private:
    SherpaLibrary() = default;
    [[nodiscard]] base::Result<void> find_functions(void* library);
};

// An object of the library with the function that ends it.
template <class T>
using SherpaOwned = std::unique_ptr<const T, void (*)(const T*)>;

}  // namespace engine::speech

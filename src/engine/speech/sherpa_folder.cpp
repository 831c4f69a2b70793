#include "engine/speech/sherpa_folder.hpp"

#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "base/text.hpp"

namespace engine::speech {
namespace {

constexpr std::string_view kFilesTell = "auto";

}  // namespace

base::Result<folders::SpeechFolder> open_sherpa_folder(const SherpaModel& model, bool voice) {
    std::optional<folders::Family> wanted;
    if (model.family != kFilesTell) {
        wanted = folders::family_of(model.family);
        if (!wanted) {
            return base::fail(base::ErrorCode::invalid_argument,
                              fmt::format("there is no family `{}` of speech models",
                                          base::shorten(base::to_valid_utf8(model.family), 40)),
                              "docs/speech-models.md lists them");
        }
    }
    TRY(folder, folders::read_speech_folder(model.folder, wanted));
    if (folders::is_voice(folder.family) == voice) return folder;
    return base::fail(base::ErrorCode::unsupported,
                      fmt::format("{} is a {} model, which does not {}", model.folder,
                                  folders::name_of(folder.family), voice ? "speak" : "recognise"),
                      "choose another, or see `loci models list`");
}

base::Error cannot_load(const SherpaModel& model) {
    return base::make_error(base::ErrorCode::corrupt, "sherpa-onnx cannot load " + model.folder,
                            "delete the model's folder and bring it again");
}

}  // namespace engine::speech

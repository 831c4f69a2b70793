#include "speech_setup.hpp"

#include <algorithm>
#include <utility>

#include "base/files.hpp"
#include "engine_setup.hpp"
#include "json/json.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;
namespace speech = adapters::speech_engine;

constexpr std::size_t kMaxDescription = 1 << 20;

// What a Piper voice says about its language; both empty when it says nothing usable.
struct VoiceFacts {
    std::string espeak;
    std::string language;
};

VoiceFacts read_voice(const fs::path& model) {
    const auto text = base::read_file(model.string() + ".json", kMaxDescription);
    const auto root =
        text ? json::parse(*text) : base::Result<json::Value>(base::fail(text.error()));
    if (!root) return {};
    VoiceFacts facts;
    facts.espeak = json::string_or(json::find_path(*root, "espeak.voice"));
    facts.language = json::string_or(json::find_path(*root, "language.code"), facts.espeak);
    return facts;
}

speech::EngineVoice flite() {
    speech::EngineVoice voice;
    voice.voice = {speech::kFlite, "Flite (slt)", "en-us", ports::LlmPlace::here, "", ""};
    voice.model = speech::kFlite;
    return voice;
}

speech::EngineVoice piper(const models::CatalogueEntry& entry, const fs::path& path) {
    const auto facts = read_voice(path);
    speech::EngineVoice voice;
    voice.voice = {entry.id,           entry.name, facts.language, ports::LlmPlace::here,
                   entry.licence_note, ""};
    voice.model = entry.id;
    voice.espeak = facts.espeak;
    if (facts.espeak.empty()) {
        voice.voice.lacks =
            path.filename().string() + ".json, its description, is missing or broken";
    } else if (speech::find_espeak().empty()) {
        voice.voice.lacks = "espeak-ng is not installed";
    }
    return voice;
}

}  // namespace

SpeechChoice choose_speech(const ModelShelf& shelf, const config::Settings& settings) {
    SpeechChoice choice;
    choice.voices.push_back(flite());
    choice.voice = settings.speech.voice;
    choice.recogniser = settings.speech.recogniser == "auto" ? "" : settings.speech.recogniser;
    for (const auto& entry : shelf.entries()) {
        const auto& state = shelf.state(entry.id);
        if (!state.present) continue;
        if (entry.role == "voice") choice.voices.push_back(piper(entry, state.path));
        if (entry.role == "recogniser" && choice.recogniser.empty()) choice.recogniser = entry.id;
        if (entry.role == "activity" && choice.activity.empty()) choice.activity = entry.id;
        if (entry.role == "turn" && choice.turn.empty()) choice.turn = entry.id;
    }
    return choice;
}

std::string find_speech_folder(const fs::path& program_folder) {
    std::error_code ignored;
    std::vector<fs::path> places{program_folder.parent_path() / "lib/loci"};
    const fs::path cache = cache_folder();
    if (!cache.empty()) places.push_back(cache / "speech" / LOCI_SPEECH_VERSION / "lib");
    for (const auto& place : places) {
        if (fs::is_regular_file(place / "libonnxruntime.so", ignored)) return place.string();
    }
    return {};
}

SpeechSetup::SpeechSetup(async::Executor executor, async::Clock& clock,
                         adapters::llm_engine::EngineHost& engine, SpeechChoice choice)
    : phonemizer_(std::move(executor), clock, speech::find_espeak()),
      recogniser_(engine, std::move(choice.recogniser)),
      voice_(engine, phonemizer_, std::move(choice.voices), std::move(choice.voice)),
      activity_(engine, std::move(choice.activity)),
      turns_(engine, std::move(choice.turn)) {}

void SpeechSetup::take(SpeechChoice choice) {
    recogniser_.use(std::move(choice.recogniser));
    voice_.offer(std::move(choice.voices), std::move(choice.voice));
    activity_.use(std::move(choice.activity));
    turns_.use(std::move(choice.turn));
}

}  // namespace loci

#include "speech_setup.hpp"

#include <algorithm>
#include <utility>

#include "adapters/speech_http/http_recogniser.hpp"
#include "adapters/speech_http/http_voice.hpp"
#include "base/files.hpp"
#include "engine_setup.hpp"
#include "json/json.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;
namespace speech = adapters::speech_engine;
namespace remote = adapters::speech_http;

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

// The engine's own choice: of no matter while a server speaks.
std::string here_voice(const SpeechChoice& choice) {
    return server_of(choice.servers, choice.voice) == nullptr ? choice.voice : speech::kFlite;
}

}  // namespace

SpeechChoice choose_speech(const ModelShelf& shelf, const config::Settings& settings) {
    SpeechChoice choice;
    choice.voices.push_back(flite());
    choice.voice = settings.speech.voice;
    choice.servers = speech_servers(settings);
    choice.voice_fallback = settings.speech.voice_fallback;
    choice.recogniser_fallback = settings.speech.recogniser_fallback;
    choice.spellings = settings.speech.spellings;
    const std::string& recogniser = settings.speech.recogniser;
    if (const auto* server = server_of(choice.servers, recogniser)) {
        choice.hearing_server = server->name;
        if (const auto slash = recogniser.find('/'); slash != std::string::npos) {
            const auto index = static_cast<std::size_t>(server - choice.servers.data());
            choice.servers[index].recogniser_model = recogniser.substr(slash + 1);
        }
    } else if (recogniser != "auto") {
        choice.recogniser = recogniser;
    }
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

SpeechSetup::SpeechSetup(SpeechParts parts, const SpeechChoice& choice,
                         adapters::speech_switch::OnOutcome on_outcome)
    : clock_(parts.clock),
      client_(parts.client),
      phonemizer_(std::move(parts.executor), clock_, speech::find_espeak()),
      recogniser_(parts.engine, choice.recogniser),
      voice_(parts.engine, phonemizer_, choice.voices, here_voice(choice)),
      activity_(parts.engine, choice.activity),
      turns_(parts.engine, choice.turn),
      hearing_(recogniser_, on_outcome),
      speaking_(voice_, std::move(on_outcome)) {
    choose_servers(choice);
}

void SpeechSetup::take(const SpeechChoice& choice) {
    recogniser_.use(choice.recogniser);
    voice_.offer(choice.voices, here_voice(choice));
    activity_.use(choice.activity);
    turns_.use(choice.turn);
    choose_servers(choice);
}

void SpeechSetup::choose_servers(const SpeechChoice& choice) {
    adapters::speech_switch::Hearing hearing{{}, choice.hearing_server, choice.recogniser_fallback};
    adapters::speech_switch::Speaking speaking{{}, choice.voice, choice.voice_fallback};
    const auto* voice = server_of(choice.servers, choice.voice);
    const auto* second = server_of(choice.servers, choice.voice_fallback);
    for (const auto& server : choice.servers) {
        if (server.kind == remote::ServerKind::openai || server.name == choice.hearing_server) {
            hearing.servers.push_back(
                std::make_shared<remote::HttpSpeechToText>(client_, clock_, server));
        }
        if (offers_voice(server) || &server == voice || &server == second) {
            speaking.servers.push_back(
                std::make_shared<remote::HttpTextToSpeech>(client_, clock_, server));
        }
    }
    hears_elsewhere_ = !choice.hearing_server.empty();
    speaks_elsewhere_ = voice != nullptr;
    hearing_.use(std::move(hearing));
    spelled_.use(choice.spellings);
    speaking_.use(std::move(speaking));
}

async::Task<void> SpeechSetup::ask_servers(std::stop_token stop) {
    if (hears_elsewhere_) {
        auto asking = hearing_.prewarm(stop);
        static_cast<void>(co_await std::move(asking));
    }
    if (speaks_elsewhere_) {
        auto asking = speaking_.prewarm({}, stop);
        static_cast<void>(co_await std::move(asking));
    }
}

}  // namespace loci

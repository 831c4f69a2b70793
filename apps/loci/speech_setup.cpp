#include "speech_setup.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/speech_http/http_recogniser.hpp"
#include "adapters/speech_http/http_voice.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
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

// Kokoro's speakers begin with a letter for their language; what espeak-ng cannot put into the
// sounds that they learned has none.
std::string espeak_of_kokoro(std::string_view speaker, const std::string& model) {
    static const std::map<char, const char*> kLanguages = {
        {'a', "en-us"}, {'b', "en-gb"}, {'e', "es"}, {'f', "fr-fr"}, {'h', "hi"},
        {'i', "it"},    {'p', "pt-br"}, {'j', ""},   {'z', ""}};
    // "af_bella", "bm_george", and "af" of the first model
    const bool lettered = speaker.size() > 1 && (speaker[1] == 'f' || speaker[1] == 'm') &&
                          (speaker.size() == 2 || speaker[2] == '_');
    const auto known = lettered ? kLanguages.find(speaker[0]) : kLanguages.end();
    return known == kLanguages.end() ? model : known->second;
}

// A voice that is a folder: one entry for each of its speakers, and the folder's name alone for the
// first of them.
void add_folder_voices(const models::CatalogueEntry& entry, const ShelfState& state,
                       std::vector<speech::EngineVoice>& voices) {
    const auto fact = [&](const char* key) {
        const auto known = state.facts.find(key);
        return known == state.facts.end() ? std::string() : known->second;
    };
    const std::string stated = fact("speaker_names");  // split() looks into it
    const auto list = base::split(stated, ',');
    std::vector<std::string> names(list.begin(), list.end());
    if (names.empty()) names.emplace_back();
    const bool espeak_speaks = fact("has_espeak") != "0";
    const std::string own = fact("voice").empty() ? "en-us" : fact("voice");
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name(base::trim(base::to_valid_utf8(names[i])));
        speech::EngineVoice voice;
        voice.model = entry.id;
        voice.speaker = static_cast<int>(i);
        if (espeak_speaks) {
            voice.espeak = entry.family == "kokoro" ? espeak_of_kokoro(name, own) : own;
        }
        voice.voice = {entry.id, entry.name, voice.espeak, ports::LlmPlace::here, "", ""};
        if (!state.broken.empty()) {
            voice.voice.lacks = state.broken;
        } else if (voice.espeak.empty()) {
            voice.voice.lacks = "espeak-ng cannot put its language into the sounds that it knows";
        } else if (speech::find_espeak().empty()) {
            voice.voice.lacks = "espeak-ng is not installed";
        }
        if (i == 0) voices.push_back(voice);
        if (names.size() < 2 || name.empty()) continue;
        voice.voice.id += "/" + name;
        voice.voice.name += ", " + name;
        voices.push_back(std::move(voice));
    }
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
    choice.wake = choose_wake(shelf, settings.speech);
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
        if (entry.role == "voice" && !entry.family.empty()) {
            add_folder_voices(entry, state, choice.voices);
        } else if (entry.role == "voice") {
            choice.voices.push_back(piper(entry, state.path));
        }
        const bool usable = entry.family.empty() || state.broken.empty();
        if (entry.role == "recogniser" && usable && choice.recogniser.empty()) {
            choice.recogniser = entry.id;
        }
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
      spotter_(parts.engine, choice.wake.model),
      speaking_(voice_, std::move(on_outcome)) {
    choose_servers(choice);
}

void SpeechSetup::take(const SpeechChoice& choice) {
    recogniser_.use(choice.recogniser);
    voice_.offer(choice.voices, here_voice(choice));
    activity_.use(choice.activity);
    turns_.use(choice.turn);
    spotter_.use(choice.wake.model);
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

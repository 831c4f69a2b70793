#include "owner_speech.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "json/json.hpp"

namespace loci {
namespace {

namespace remote = adapters::speech_http;

voice::Eagerness eagerness_of(config::Eagerness eagerness) {
    switch (eagerness) {
        case config::Eagerness::low:
            return voice::Eagerness::low;
        case config::Eagerness::medium:
            return voice::Eagerness::medium;
        case config::Eagerness::high:
            return voice::Eagerness::high;
        case config::Eagerness::auto_:
            break;
    }
    return voice::Eagerness::automatic;
}

// A window and a second of silence load the detectors of speech and of the end of a turn.
async::Task<void> warm_turns(SpeechSetup& setup, std::stop_token stop) {
    auto stream = setup.activity().open();
    auto feeding = stream->feed(std::vector<float>(ports::kVoiceWindow, 0.0F));
    const auto fed = co_await std::move(feeding);
    static_cast<void>(fed);
    auto judging = setup.turns().finished(std::vector<float>(ports::kListenRate, 0.0F), stop);
    const auto judged = co_await std::move(judging);
    static_cast<void>(judged);
}

// What a chosen server needs before it can be asked; unset: nothing, or it is no server.
std::optional<std::string> server_lack(const SpeechServers& servers, const std::string& id,
                                       remote::Use use) {
    const auto* server = server_of(servers, id);
    if (server == nullptr) return std::nullopt;
    const auto usable = remote::check(remote::completed(*server), use);
    return usable ? std::nullopt : std::optional(usable.error().text());
}

// What of the chosen engines is not there, and what to do about it.
std::vector<protocol::VoiceLack> find_lacks(const SpeechChoice& choice,
                                            const std::filesystem::path& program_folder) {
    std::vector<protocol::VoiceLack> lacks;
    if (const auto lack =
            server_lack(choice.servers, choice.hearing_server, remote::Use::hearing)) {
        lacks.push_back({"recogniser", *lack});
    } else if (choice.recogniser.empty() && choice.hearing_server.empty()) {
        lacks.push_back({"recogniser", "no model that understands speech is here: run ./loci up"});
    }
    const auto mine = std::ranges::find(choice.voices, choice.voice,
                                        [](const auto& voice) { return voice.voice.id; });
    if (server_of(choice.servers, choice.voice) != nullptr) {
        const auto lack = server_lack(choice.servers, choice.voice, remote::Use::speaking);
        if (lack) lacks.push_back({"voice", *lack});
    } else if (mine == choice.voices.end()) {
        lacks.push_back({"voice", choice.voice + " is chosen and not there: choose another"});
    } else if (!mine->voice.lacks.empty()) {
        lacks.push_back({"voice", mine->voice.lacks});
    }
    if (find_speech_folder(program_folder).empty()) {
        lacks.push_back({"activity", "ONNX Runtime is missing: run ./loci set-up"});
    } else if (choice.activity.empty()) {
        lacks.push_back({"activity", "the detector of speech is missing: run ./loci up"});
    }
    if (choice.turn.empty()) {
        lacks.push_back({"turns", "the end-of-turn model is missing: run ./loci up"});
    }
    if (!choice.wake.lack.empty()) lacks.push_back({"wake", choice.wake.lack});
    return lacks;
}

}  // namespace

OwnerSpeech::OwnerSpeech(SpeechSetup& setup, SpeechChoice choice, const SettingsDesk& settings,
                         std::filesystem::path program_folder)
    : setup_(setup),
      choice_(std::move(choice)),
      program_folder_(std::move(program_folder)),
      lacks_(find_lacks(choice_, program_folder_)),
      settings_(settings) {}

void OwnerSpeech::take(SpeechChoice choice) {
    choice_ = choice;
    lacks_ = find_lacks(choice_, program_folder_);
    troubles_.clear();
    setup_.take(choice_);
}

void OwnerSpeech::note(const std::string& server, const base::Error* failure) {
    if (failure == nullptr) {
        troubles_.erase(server);
    } else {
        troubles_.insert_or_assign(server, *failure);
    }
}

const base::Error* OwnerSpeech::trouble() const {
    for (const auto& id : {choice_.hearing_server, choice_.voice}) {
        const auto* server = server_of(choice_.servers, id);
        const auto found = server == nullptr ? troubles_.end() : troubles_.find(server->name);
        if (found != troubles_.end()) return &found->second;
    }
    return nullptr;
}

void report_speech(chat::StatusBoard& status, const OwnerSpeech* speech) {
    if (speech == nullptr) {
        status.set("speech", protocol::Health::off, "the engine is switched off",
                   "set engine.mode to child");
        return;
    }
    const auto lacks = speech->lacks();
    const base::Error* trouble = speech->trouble();
    if (lacks.empty() && trouble != nullptr) {
        status.set("speech", protocol::Health::degraded, trouble->message, trouble->hint);
    } else if (lacks.empty()) {
        status.set("speech", protocol::Health::up, "");
    } else {
        status.set("speech", protocol::Health::degraded, lacks.front().name + " is lacking",
                   lacks.front().hint);
    }
}

voice::SpeechEngines OwnerSpeech::engines() {
    const bool hears = !choice_.recogniser.empty() || !choice_.hearing_server.empty();
    return {hears ? &setup_.recogniser() : nullptr, &setup_.voice(),
            choice_.activity.empty() ? nullptr : &setup_.activity(),
            choice_.turn.empty() ? nullptr : &setup_.turns()};
}

voice::ConversationSettings OwnerSpeech::defaults() const {
    const config::Speech& owner = speech();
    voice::ConversationSettings settings;
    settings.turns.mode = owner.turn_detection == config::TurnDetection::server_vad
                              ? voice::TurnMode::server_vad
                              : voice::TurnMode::semantic_vad;
    settings.turns.eagerness = eagerness_of(owner.eagerness);
    settings.turns.start_threshold = static_cast<float>(owner.vad_threshold);
    settings.turns.stop_threshold = static_cast<float>(std::max(0.0, owner.vad_threshold - 0.15));
    settings.turns.silence = voice::Time{owner.silence_ms};
    settings.turns.prefix_padding = voice::Time{owner.prefix_padding_ms};
    settings.interruption.start_threshold = settings.turns.start_threshold;
    settings.language = owner.language;
    settings.voice = owner.voice;
    settings.speed = owner.speed;
    settings.least_confidence = owner.least_confidence;
    settings.listens_early = true;
    return settings;
}

std::vector<protocol::VoiceCard> OwnerSpeech::voices() const {
    std::vector<protocol::VoiceCard> cards;
    for (const auto& voice : setup_.voice().voices()) {
        cards.push_back({voice.id, voice.name, voice.language, voice.terms, voice.lacks});
    }
    return cards;
}

bool OwnerSpeech::voice_chosen() const {
    const json::Value shown = settings_.show();
    const json::Value* origins = json::find(shown, "origins");
    const json::Value* origin = origins == nullptr ? nullptr : json::find(*origins, "speech.voice");
    return origin != nullptr && json::string_or(origin) != "default";
}

async::Task<base::Result<void>> OwnerSpeech::prewarm(std::string voice, std::stop_token stop) {
    auto hearing = setup_.recogniser().prewarm(stop);
    const auto heard = co_await std::move(hearing);
    auto speaking = setup_.voice().prewarm(std::move(voice), stop);
    const auto spoken = co_await std::move(speaking);
    auto turning = warm_turns(setup_, stop);
    co_await std::move(turning);
    if (!heard) co_return base::fail(heard.error());
    if (!spoken) co_return base::fail(spoken.error());
    co_return base::Result<void>{};
}

app::WakeSettings OwnerSpeech::wake() const {
    const config::Speech& owner = speech();
    return {choice_.wake.phrase, owner.wake_threshold, voice::Time{owner.wake_cooldown_ms},
            voice::Time{owner.listen_window_ms}};
}

}  // namespace loci

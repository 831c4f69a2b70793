#include "owner_speech.hpp"

#include <algorithm>
#include <utility>

#include "json/json.hpp"

namespace loci {
namespace {

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

// What of the chosen engines is not there, and what to do about it.
std::vector<protocol::VoiceLack> find_lacks(const SpeechChoice& choice,
                                            const std::filesystem::path& program_folder) {
    std::vector<protocol::VoiceLack> lacks;
    if (choice.recogniser.empty()) {
        lacks.push_back({"recogniser", "no model that understands speech is here: run ./loci up"});
    }
    const auto mine = std::ranges::find(choice.voices, choice.voice,
                                        [](const auto& voice) { return voice.voice.id; });
    if (mine == choice.voices.end()) {
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
    setup_.take(std::move(choice));
}

void report_speech(chat::StatusBoard& status, const OwnerSpeech* speech) {
    if (speech == nullptr) {
        status.set("speech", protocol::Health::off, "the engine is switched off",
                   "set engine.mode to child");
        return;
    }
    const auto lacks = speech->lacks();
    if (lacks.empty()) {
        status.set("speech", protocol::Health::up, "");
    } else {
        status.set("speech", protocol::Health::degraded, lacks.front().name + " is lacking",
                   lacks.front().hint);
    }
}

voice::SpeechEngines OwnerSpeech::engines() {
    return {choice_.recogniser.empty() ? nullptr : &setup_.recogniser(), &setup_.voice(),
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
    return settings;
}

std::vector<protocol::VoiceCard> OwnerSpeech::voices() const {
    std::vector<protocol::VoiceCard> cards;
    for (const auto& item : choice_.voices) {
        const auto& voice = item.voice;
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
    return {owner.wake_phrase, owner.wake_threshold, voice::Time{owner.wake_cooldown_ms},
            voice::Time{owner.listen_window_ms}};
}

}  // namespace loci

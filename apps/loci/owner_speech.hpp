// OwnerSpeech: speech as the owner has set it and as this machine has it, for the page's voice
// socket. Owned by House; io thread. SpeechSetup and SettingsDesk outlive it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "api/app/speech_desk.hpp"
#include "chat/status_board.hpp"
#include "settings_desk.hpp"
#include "speech_setup.hpp"

namespace loci {

class OwnerSpeech final : public app::SpeechDesk {
public:
    OwnerSpeech(SpeechSetup& setup, SpeechChoice choice, const SettingsDesk& settings,
                std::filesystem::path program_folder);

    // Models came or went, or the owner chose others; talks that begin from now on have them.
    void take(SpeechChoice choice);
    // How a call of a server went; null: well. What fails stays chosen and is tried again.
    void note(const std::string& server, const base::Error* failure);
    // The chosen server that failed last, if it did; null: all is well.
    [[nodiscard]] const base::Error* trouble() const;
    // The settings changed: the talks that are running take them over.
    void settings_changed() { tell_watchers(); }

    [[nodiscard]] voice::SpeechEngines engines() override;
    [[nodiscard]] voice::ConversationSettings defaults() const override;
    [[nodiscard]] std::vector<protocol::VoiceCard> voices() const override;
    [[nodiscard]] bool voice_chosen() const override;
    [[nodiscard]] std::vector<protocol::VoiceLack> lacks() const override { return lacks_; }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string voice,
                                                          std::stop_token stop) override;
    [[nodiscard]] app::WakeSettings wake() const override;

private:
    [[nodiscard]] const config::Speech& speech() const {
        return settings_.current().settings.speech;
    }
    SpeechSetup& setup_;
    SpeechChoice choice_;
    std::filesystem::path program_folder_;
    std::vector<protocol::VoiceLack> lacks_;
    std::map<std::string, base::Error> troubles_;  // by server
    const SettingsDesk& settings_;
};

// Null: the engine is switched off.
void report_speech(chat::StatusBoard& status, const OwnerSpeech* speech);

}  // namespace loci

// One page that talks: its socket, its spoken conversation, what it may do. Private to api/app; io
// thread only. Frames that cannot be understood are answered with voice.error and change nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/app/chat_responder.hpp"
#include "api/app/speech_desk.hpp"
#include "api/app/voice_frames.hpp"
#include "api/app/voice_tabs.hpp"
#include "async/task_scope.hpp"
#include "voice/conversation.hpp"
#include "voice/wake_phrase.hpp"

namespace app {

// Speaks texts that are not of the conversation: a greeting, a try of a voice.
class FixedText final : public voice::Responder {
public:
    [[nodiscard]] async::Task<base::Result<void>> answer(voice::Question question,
                                                         voice::ReplySink& sink,
                                                         std::stop_token stop) override;
};

class VoiceConnection : public std::enable_shared_from_this<VoiceConnection> {
public:
    VoiceConnection(AppContext& context, VoiceTabs& tabs, std::shared_ptr<http::WebSocket> socket);

    [[nodiscard]] async::Task<void> run();

private:
    // ---- the beginning
    [[nodiscard]] async::Task<bool> greet();
    [[nodiscard]] base::Result<void> begin(const protocol::VoiceHello& hello);
    void send_ready();

    // ---- what the page says
    [[nodiscard]] async::Task<void> take_audio(std::string bytes);
    void handle(const protocol::VoiceCommand& command);
    void configure(const protocol::VoiceConfigure& change);
    [[nodiscard]] base::Result<void> apply(const protocol::VoiceConfigure& change);
    void take_owners_settings();
    void follow_owner();
    void talk(bool down);
    void on_claimed(const std::string& tab);
    void say(std::string text, std::optional<std::string> voice, std::optional<double> speed);
    void hush();
    [[nodiscard]] async::Task<void> wake(std::stop_token stop);

    // ---- what the conversation says
    void on_event(voice::Time at, const voice::event::Any& what);
    void announce(voice::ResponseId response);
    void follow_wake(voice::Time at, const voice::event::Any& what);
    void on_wake_transcript(const voice::event::Transcript& transcript);
    void fall_asleep();
    void set_awake(bool awake);
    [[nodiscard]] async::Task<void> listen_window(std::stop_token stop);

    void send(const protocol::VoiceEvent& event);
    void send_error(const base::Error& error);
    [[nodiscard]] bool listens() const;

    AppContext& context_;
    VoiceTabs& tabs_;
    std::shared_ptr<http::WebSocket> socket_;
    SpeechDesk& desk_;
    FixedText fixed_;
    ChatResponder responder_;
    std::unique_ptr<voice::Conversation> conversation_;
    voice::ConversationSettings settings_;
    protocol::VoiceConfigure wishes_;  // all that this page asked for: it outranks the owner's
    WakeSettings wake_;
    std::optional<voice::Time> woken_at_;
    SpeechDesk::Watch watch_;
    voice::ConversationRates rates_;
    bool cancels_echo_ = false;  // the client does not
    std::optional<VoiceTabs::Entry> tab_;
    protocol::VoiceMode mode_ = protocol::VoiceMode::continuous;
    protocol::VoiceTurns turns_ =
        protocol::VoiceTurns::semantic_vad;  // until the page or the owner says otherwise
    bool muted_ = false;
    bool down_ = false;  // the talk button
    bool awake_ = true;  // mode wake: the phrase was heard
    voice::WakePhrase phrase_;
    std::stop_source stop_window_;
    std::map<voice::ResponseId, bool> announced_;  // response → was the page told of it?
    std::map<voice::ResponseId, WrittenReply> written_;
    bool closed_ = false;
    async::TaskScope tasks_;
};

}  // namespace app

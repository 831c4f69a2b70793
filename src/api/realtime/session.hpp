// Session: one Realtime client as a single-writer actor. receive() handles one client event after
// the other; what engines, models and the clock say comes in between, and each step leaves it
// whole. All that goes out goes through send(). Owned by its socket's coroutine; io thread only;
// what it refers to outlives it. close() ends every response before it returns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/realtime/dialect.hpp"
#include "api/realtime/ear.hpp"
#include "api/realtime/items.hpp"
#include "api/realtime/mind.hpp"
#include "api/realtime/reply.hpp"

namespace realtime {

struct SessionParts {
    async::Executor executor;
    async::Clock& clock;
    async::WorkerThread& worker;
    std::optional<ports::SpeechPorts> speech;  // empty: the engine is off
    std::unique_ptr<Mind> mind;
    std::string language;  // that is listened for; empty: found out
    static constexpr std::size_t kKeptAudio = 12'000'000;
    std::size_t kept_audio = kKeptAudio;  // bytes of sound that can be asked for again
    // Writes one frame; false: the client is gone.
    std::function<bool(std::string)> write;
    std::function<void()> hang_up;
};

class Session final : private EarListener, private ReplyHost {
public:
    Session(SessionParts parts, SessionConfig config, Dialect dialect);
    ~Session() override;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void open();
    // One frame of the client.
    [[nodiscard]] async::Task<void> receive(std::string text);
    void refuse_with(const Fault& fault);
    [[nodiscard]] async::Task<void> close();

private:
    using Handler = Checked<void> (Session::*)(const json::Value& event);
    struct Row {
        std::string_view type;
        Handler handler;
    };
    static const std::vector<Row>& table();

    // client events
    [[nodiscard]] async::Task<Checked<void>> handle(const json::Value& event);
    [[nodiscard]] Checked<void> update_session(const json::Value& event);
    [[nodiscard]] Checked<void> commit_audio(const json::Value& event);
    [[nodiscard]] Checked<void> clear_audio(const json::Value& event);
    [[nodiscard]] Checked<void> create_item(const json::Value& event);
    [[nodiscard]] Checked<void> retrieve_item(const json::Value& event);
    [[nodiscard]] Checked<void> truncate_item(const json::Value& event);
    [[nodiscard]] Checked<void> delete_item(const json::Value& event);
    [[nodiscard]] Checked<void> create_response(const json::Value& event);
    [[nodiscard]] Checked<void> cancel_response(const json::Value& event);
    [[nodiscard]] Checked<void> refuse_webrtc(const json::Value& event);

    [[nodiscard]] Checked<void> check_voice(const SessionConfig& config) const;
    [[nodiscard]] Checked<ReplyOrder> read_order(const json::Value& response);
    [[nodiscard]] Checked<void> read_input(const json::Value& input, ReplyOrder& order);
    [[nodiscard]] ItemPtr take_given(GivenItem given);
    void start_reply(ReplyOrder order);
    void respond();
    void answer_nothing();
    void add_item(const ItemPtr& item, std::string_view before);
    void listen_for(ItemPtr item, UnderstandingPtr words, bool answer);
    [[nodiscard]] async::Task<void> await_words(ItemPtr item, UnderstandingPtr words, bool answer);
    void tell_words(const Item& item, const base::Result<ports::Transcript>& heard, double seconds);
    [[nodiscard]] async::Task<void> watch_playback();
    [[nodiscard]] async::Task<void> live();
    [[nodiscard]] json::Object session_json() const;

    // EarListener
    void on_speech_started(voice::TurnId turn, voice::Samples start) override;
    void on_turn_ended(Utterance utterance) override;
    void on_turn_dropped(voice::TurnId turn, voice::Samples end) override;
    void on_idle(voice::Samples at) override;
    void on_ear_failed(const base::Error& error) override;

    // ReplyHost
    void send(json::Object event) override;
    void spawn(const char* name, async::Task<void> task) override;
    async::Executor executor() override { return parts_.executor; }
    Items& items() override { return items_; }
    AudioShelf& shelf() override { return shelf_; }
    ports::TextToSpeech* voice() override {
        return parts_.speech ? &parts_.speech->speaking : nullptr;
    }
    Mind& mind() override { return *parts_.mind; }
    async::Task<void> words_known(std::shared_ptr<Reply> reply) override;
    Checked<Asked> ask(const Reply& reply) override;
    void on_sound(const Reply& reply, media::Samples samples) override;
    void on_over(const std::shared_ptr<Reply>& reply) override;

    SessionParts parts_;
    SessionConfig config_;
    Dialect dialect_;
    std::string id_ = new_id("sess_");
    std::string conversation_ = new_id("conv_");
    long long expires_at_;  // Unix seconds
    bool closing_ = false;
    bool voice_heard_ = false;
    Items items_;
    AudioShelf shelf_;
    std::map<voice::TurnId, std::string> turn_items_;  // announced by speech_started
    std::shared_ptr<Reply> active_;                    // of the conversation
    std::vector<std::shared_ptr<Reply>> aside_;        // out of band
    bool respond_later_ = false;  // a turn waits for the active response to end
    async::Event words_;          // words of an item became known
    async::Duration playing_until_{0};
    bool watching_playback_ = false;
    async::TaskScope tasks_;
    Ear ear_;
};

}  // namespace realtime

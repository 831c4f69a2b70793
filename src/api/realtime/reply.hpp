// Reply: one response, from response.created to exactly one response.done. Reads what the mind
// writes, has it spoken clause by clause and sends both, or only text; calls of functions go to the
// client. cancel() ends it at once: nothing of it goes out afterwards. Kept alive by its own
// coroutines; the host outlives them; io thread only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "api/openai/spoken_stream.hpp"
#include "api/realtime/items.hpp"
#include "api/realtime/mind.hpp"
#include "api/realtime/session_config.hpp"
#include "media/resampler.hpp"
#include "voice/clause_cutter.hpp"

namespace realtime {

class Reply;

// What a reply acts on: its session.
class ReplyHost {
public:
    virtual ~ReplyHost() = default;
    virtual void send(json::Object event) = 0;
    virtual void spawn(const char* name, async::Task<void> task) = 0;
    [[nodiscard]] virtual async::Executor executor() = 0;
    [[nodiscard]] virtual Items& items() = 0;
    [[nodiscard]] virtual AudioShelf& shelf() = 0;
    [[nodiscard]] virtual ports::TextToSpeech* voice() = 0;
    [[nodiscard]] virtual Mind& mind() = 0;
    // Returns when the words of everything that the reply is to answer are known.
    [[nodiscard]] virtual async::Task<void> words_known(std::shared_ptr<Reply> reply) = 0;
    [[nodiscard]] virtual Checked<Asked> ask(const Reply& reply) = 0;
    virtual void on_sound(const Reply& reply, media::Samples samples) = 0;  // of kVoiceRate
    virtual void on_over(const std::shared_ptr<Reply>& reply) = 0;
};

struct ReplyOrder {
    SessionConfig config;         // of the session with the overrides of the response
    bool in_conversation = true;  // false: out of band
    std::string conversation_id;
    json::Value metadata;
    std::vector<ItemPtr> input;  // what it answers when that is not the conversation
    bool has_input = false;
    bool has_instructions = false;  // of its own
    bool after_silence = false;     // the person said nothing for a while
    bool empty = false;             // nothing to answer: only its two events
};

class Reply final : public MindSink, public std::enable_shared_from_this<Reply> {
public:
    Reply(ReplyHost& host, ReplyOrder order);

    // Sends response.created and goes on by itself.
    void start();
    // "client_cancelled", "turn_detected"
    void cancel(std::string_view reason);
    void fail(const Fault& fault);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const ReplyOrder& order() const { return order_; }
    [[nodiscard]] bool over() const { return over_; }
    [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }
    // Of its spoken or written message; null before it began.
    [[nodiscard]] const ItemPtr& message() const { return message_; }

    bool on_event(const ports::LlmEvent& event) override;
    bool on_restart() override;

private:
    struct Call {
        std::string id;
        std::string name;
        std::string arguments;
    };

    [[nodiscard]] async::Task<void> run();
    [[nodiscard]] async::Task<void> think(Asked asked);
    [[nodiscard]] async::Task<bool> speak_all();
    [[nodiscard]] async::Task<base::Result<void>> say(voice::Piece piece);
    void send_piece(const std::vector<ports::SpeechSegment>& segments, const voice::Piece& piece);
    [[nodiscard]] base::Result<void> prepare_voice(int rate_hz);
    void send_sound(const std::vector<std::byte>& bytes);
    void send_words(std::size_t end);
    void begin_message();
    void end_message(std::string_view status);
    void end_item(std::size_t index);
    void send_calls();
    void finish();
    void close(std::string_view status, json::Value details);
    void place(const ItemPtr& item);
    [[nodiscard]] json::Object about(std::string_view type) const;
    [[nodiscard]] json::Object part_event(std::string_view type) const;
    [[nodiscard]] json::Object to_json(std::string_view status, json::Value details) const;
    [[nodiscard]] json::Value usage() const;

    ReplyHost& host_;
    ReplyOrder order_;
    std::string id_ = new_id("resp_");
    std::stop_source stop_;
    bool over_ = false;
    std::string text_;      // as written so far
    std::size_t sent_ = 0;  // bytes of it that went out
    voice::ClauseCutter cutter_;
    std::deque<voice::Piece> pieces_;
    std::vector<Call> calls_;
    std::optional<base::Result<ports::LlmOutcome>> outcome_;
    async::Event changed_;
    ItemPtr message_;
    std::size_t message_index_ = 0;
    std::vector<ItemPtr> output_;
    std::set<std::string> open_;  // ids of items that are not done
    std::optional<media::Resampler> resampler_;
    std::optional<AudioEncoder> encoder_;
    std::uint64_t segments_ = 0;
    media::Samples sounded_ = 0;
};

}  // namespace realtime

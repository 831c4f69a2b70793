// Turn: one exchange as a state machine: queued → thinking → answering → done | stopped |
// interrupted | failed. The unit of cancellation and storage. Made and run by its Session; io
// thread only. Every way out stores the end and publishes turn.ended.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chat/acceptance.hpp"
#include "chat/prompt.hpp"
#include "chat/reply_body.hpp"
#include "chat/services.hpp"
#include "chat/turn_prompt.hpp"

namespace chat {

struct TurnJob {
    ports::MessageRow message;
    ports::TurnRow turn;
    base::PersonId person;
    // That brought the message; of a turn after a restart: the id of the turn.
    base::RequestId request = {};
    std::shared_ptr<Acceptance> acceptance = {};  // null: stored long ago
    bool spoken = false;                          // the reply is said aloud
};

class Turn final : private ports::LlmSink {
public:
    Turn(ChatServices& services, TurnJob job);

    // Returns the stored reply; nothing when the turn ended without one, or its message was
    // refused.
    [[nodiscard]] async::Task<std::optional<ports::MessageRow>> run(Past past, PromptWindow& window,
                                                                    std::stop_token stop);
    // The message is stored now, as this row: what was held back goes out.
    void accepted(const ports::MessageRow& message);
    // Before a stop that no person asked for: what there is of the reply is kept as interrupted.
    void server_ends() { stopped_as_ = protocol::TurnState::interrupted; }
    // Whether anybody may know of this turn.
    [[nodiscard]] bool shown() const;

    [[nodiscard]] protocol::RunningTurn running() const;
    [[nodiscard]] const TurnJob& job() const { return job_; }
    // After run(): a summary should be made of everything before this place.
    [[nodiscard]] std::optional<long long> summarise_before() const { return summarise_before_; }
    [[nodiscard]] const std::optional<ModelRoute>& route() const { return route_; }

private:
    [[nodiscard]] bool on_event(const ports::LlmEvent& event) override;
    [[nodiscard]] bool on_text(const std::string& text);

    [[nodiscard]] async::Task<void> answer(Past past, PromptWindow& window, std::stop_token stop);
    [[nodiscard]] async::Task<bool> stored() const;
    [[nodiscard]] async::Task<bool> try_command();
    [[nodiscard]] async::Task<bool> try_reflex();
    void mark_started(std::string context);
    void store_start_of(std::string context);
    // An order to the body, said freely or behind /do, that rules understand.
    [[nodiscard]] bool try_order();
    // Shows an authored text whole; the stage directions in it move the body.
    void say_authored(std::string_view text);
    void show(std::string piece, protocol::BodySource source);
    // The face follows the words that are shown.
    void show_feelings(body::text::Growth growth);
    // What was held back of a reply that is over.
    void show_tail();
    [[nodiscard]] async::Task<void> ask_model(Past past, PromptWindow& window,
                                              std::stop_token stop);
    void finish_reply(const base::Result<ports::LlmOutcome>& outcome, bool stopped);
    void check_toy_reply(const ports::LlmOutcome& outcome);
    [[nodiscard]] async::Task<std::optional<ports::MessageRow>> store_end();
    void fail(base::Error error, std::optional<protocol::Action> action);
    void set_state(protocol::TurnState state);
    void publish(protocol::Event event);
    void keep_draft();
    [[nodiscard]] ports::MessageRow reply_row() const;
    [[nodiscard]] double since_start_ms() const;

    ChatServices& services_;
    TurnJob job_;
    base::MessageId reply_id_ = base::MessageId::make();
    PersonaText persona_;
    std::vector<protocol::Event> held_;           // until the message is stored
    std::optional<std::string> started_context_;  // to be marked as running with it, then
    std::optional<ModelRoute> route_;
    protocol::TurnState state_ = protocol::TurnState::queued;
    protocol::TurnState stopped_as_ = protocol::TurnState::stopped;
    protocol::ReplyDetail detail_;
    std::optional<protocol::ErrorInfo> error_;
    ReplyBody body_;
    std::string text_;
    std::string reasoning_;
    bool cut_by_us_ = false;  // a toy's reply ended after its sentences
    std::optional<long long> summarise_before_;
    async::Duration started_{};
    async::Duration last_draft_{};
};

}  // namespace chat

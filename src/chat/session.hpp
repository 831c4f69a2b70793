// Session: the single writer of one conversation. Stores what people say before anything else,
// keeps the queue, runs one turn at a time. Made by Inbox when first needed; io thread only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "async/mutex.hpp"
#include "async/task_scope.hpp"
#include "chat/turn.hpp"

namespace chat {

struct Receipt {
    ports::MessageRow message;
    ports::TurnRow turn;
    int position = 0;  // 0: its turn starts now
    bool duplicate = false;
    bool stopped_reply = false;  // the message was a stop phrase and ended a reply
};

struct SubmitOptions {
    std::string model;  // wish; empty: the default
    bool steer = false;
    base::MessageId replaces;  // an edit
    std::string idempotency_key;
    // By which the log shows what was done for this message.
    base::RequestId request = {};
    bool spoken = false;         // the reply will be said aloud
    base::MessageId instead_of;  // retry: only while this reply is the newest message
};

// What somebody seems to be saying.
struct Saying {
    std::string text;    // empty: they have only begun
    bool whole = false;  // nothing is missing, unless they go on
};

struct SessionView {
    ports::SessionRow row;
    std::vector<ports::MessageRow> messages;  // as said, the newest 100
    bool has_more = false;
    std::optional<protocol::RunningTurn> running;
    std::vector<base::MessageId> queued;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(ChatServices& services, ports::SessionRow row);

    // Completes when the message is safely stored; the reply follows as events.
    // Errors: too_large, invalid_argument, rate_limited (queue full), storage, conflict.
    [[nodiscard]] async::Task<base::Result<Receipt>> submit(std::string text,
                                                            SubmitOptions options);
    // Answers the newest message of the person again. Errors: conflict (a reply runs, or more was
    // said since `instead_of`), not_found, storage.
    [[nodiscard]] async::Task<base::Result<Receipt>> retry(SubmitOptions options);
    // Ends the reply and empties the queue; what was said is kept and marked.
    [[nodiscard]] async::Task<base::Result<void>> stop();
    // A spoken reply was interrupted: only `heard` of it stays, as a new row. Errors: not_found,
    // conflict (replaced meanwhile), storage.
    [[nodiscard]] async::Task<base::Result<void>> cut_reply(base::MessageId reply,
                                                            std::string heard);
    // Has the model read ahead what a turn with these words would send now, and foresee its answer
    // where they are whole. Only while no turn runs; the next turn, or the next call, ends it.
    [[nodiscard]] async::Task<void> prepare(Saying saying, std::stop_token stop);
    // Puts back turns that were accepted before a restart.
    void resume(TurnJob job);

    [[nodiscard]] async::Task<base::Result<SessionView>> view();
    [[nodiscard]] bool running() const { return current_ != nullptr || driving_; }
    // Gives up what nobody waits for, when it keeps the model of this machine busy: that serves one
    // request at a time, and a person comes first.
    void make_way();
    // The conversation that this one goes on from is gone; so is what was carried over.
    void lose_origin();
    [[nodiscard]] const ports::SessionRow& row() const { return row_; }
    [[nodiscard]] async::Task<void> close();
    // Publishes session.changed with fresh numbers.
    [[nodiscard]] async::Task<void> announce();
    // Gives a conversation the title that a crash kept from it; `first` are its first messages.
    [[nodiscard]] async::Task<void> name_late(Rows first);

private:
    [[nodiscard]] base::Result<void> check(const std::string& text) const;
    [[nodiscard]] bool is_stop_phrase(const std::string& text) const;
    [[nodiscard]] async::Task<base::Result<void>> load_history();
    [[nodiscard]] Past past_of(const TurnJob& job) const;
    // After messages took or lost their place other than by a turn: the store knows best.
    void read_again() { history_loaded_ = false; }
    [[nodiscard]] long long next_seq() const;
    void enqueue(TurnJob job);
    // Begins the turn of a message that is about to be stored, when nothing is before it.
    [[nodiscard]] std::shared_ptr<Acceptance> begin_early(TurnJob job);
    // What became of a message whose turn began early.
    void settle_early(const std::shared_ptr<Acceptance>& early,
                      const base::Result<ports::Accepted>& accepted);
    [[nodiscard]] async::Task<void> drive();
    [[nodiscard]] async::Task<void> run_next();
    [[nodiscard]] async::Task<void> collect_waiting(TurnJob& job);
    [[nodiscard]] async::Task<void> drop_queue();
    [[nodiscard]] async::Task<void> after_turn(std::optional<long long> summarise_before,
                                               std::optional<ModelRoute> route,
                                               base::RequestId request);
    [[nodiscard]] async::Task<void> condense(std::optional<long long> summarise_before,
                                             ModelRoute route, std::string trace);
    [[nodiscard]] std::stop_token begin_tidying(const ModelRoute& route);
    // Waits for the silence after which a reset may come, and has all summarised by then.
    [[nodiscard]] async::Task<void> rest(std::optional<ModelRoute> route, std::string trace,
                                         std::stop_token stop);
    void publish(protocol::Event event);
    void publish_queue();

    ChatServices& services_;
    ports::SessionRow row_;
    async::Mutex writing_;
    bool history_loaded_ = false;
    Rows history_;  // said so far and not superseded, in order
    Rows carried_;  // from the conversation before, places up to 0
    bool carried_loaded_ = false;
    bool cut_off_ = false;  // more was said before history_
    std::deque<TurnJob> queue_;
    std::unique_ptr<Turn> current_;
    std::stop_source stop_current_;
    std::optional<ports::LlmPlace> tidying_;  // where a summary is being made
    std::stop_source stop_tidying_;
    std::stop_source stop_resting_;
    std::stop_source stop_preparing_;
    async::Event turn_over_;  // set while no turn runs
    PromptWindow window_;
    bool driving_ = false;
    async::TaskScope tasks_;
};

}  // namespace chat

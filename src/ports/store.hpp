// Store: everything that is kept, by noun. One writer; every write is durable (synced) when its
// task completes. Raw messages are append-only: edits are new rows that name what they replace.
// Implemented by adapters/store_sqlite and adapters/store_memory (fake), both held to
// ports/testing/store_contract.hpp. io thread only; blocking work happens behind the port.
// Errors: invalid_argument, not_found, conflict (idempotency, foreign session, wrong state),
// storage (disk full, read-only), corrupt. A failed operation leaves nothing behind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace ports {

// Enumerations are stored by name; see protocol/app.schema.json for their meaning.
enum class StoredRole { user, assistant, notice };
enum class StoredStatus { queued, complete, stopped, interrupted, failed };
enum class StoredTurnState { queued, running, done, stopped, interrupted, failed };
// model: condensed by a language model. extract: sentences picked out of what was said.
enum class SummaryBy { model, extract };

struct SessionRow {
    base::SessionId id;
    base::PersonId person;
    std::string agent = "nook";
    std::string channel = "web";
    std::string scope_key;  // unique among the sessions of an agent; empty: none
    std::string title;
    bool title_by_person = false;
    long long created_at = 0;  // Unix ms
    long long updated_at = 0;
    // The session that this one goes on from, after a reset, and how much of it had been said then;
    // empty: it begins by itself. Taken back when what was said there is purged or cleared.
    base::SessionId continues;
    long long continues_seq = 0;
    // Derived; ignored when written.
    int message_count = 0;
    std::string preview;  // how the newest message with words in it begins
};

struct MessageRow {
    base::MessageId id;
    base::SessionId session;
    base::TurnId turn;  // the turn it belongs to; empty for notices
    // Place in the session, given by the store. A queued message takes its place when its turn
    // starts or ends, so that a reply that was running meanwhile comes before it.
    long long seq = 0;
    StoredRole role = StoredRole::user;
    StoredStatus status = StoredStatus::complete;
    std::string content;
    std::string reasoning;
    // What stood before this message in the prompt as sent (time, who speaks, recalled notes), so
    // that later prompts repeat it byte for byte.
    std::string volatile_context;
    base::MessageId replaces;  // empty: replaces nothing
    std::string idempotency_key;
    std::string detail_json;  // protocol::ReplyDetail of a reply
    std::string error_json;   // protocol::ErrorInfo of a failed reply
    long long created_at = 0;
    // Derived: a newer row replaces this one, or an edit before it cut it off; hidden by default.
    bool superseded = false;
};

struct TurnRow {
    base::TurnId id;
    base::SessionId session;
    base::MessageId message;  // the person's newest message that it answers
    StoredTurnState state = StoredTurnState::queued;
    std::string model;  // wish of the person; empty: the default
    long long created_at = 0;
    long long started_at = 0;
    long long ended_at = 0;
};

// Result of accept(): what is stored now, and whether this key had been accepted before.
struct Accepted {
    MessageRow message;
    TurnRow turn;
    bool duplicate = false;
};

struct SummaryRow {
    base::SessionId session;
    long long up_to_seq = 0;  // messages up to here are covered
    std::string text;
    int tokens = 0;
    long long created_at = 0;
    SummaryBy by = SummaryBy::model;
};

struct NoteRow {
    long long id = 0;
    base::PersonId person;
    std::string text;
    long long created_at = 0;
};

struct LogRow {
    long long id = 0;
    long long time_ms = 0;
    std::string level;
    std::string category;
    std::string message;
    std::string request_id;
    std::string fields_json;
};

inline constexpr int kMaxLogRows = 50'000;

struct LogQuery {
    std::string min_level = "trace";  // trace, debug, info, warn or error
    // Empty: all. Also an id that stands in a field (of a turn, a session, a socket): then all
    // lines of the requests that name it.
    std::string request_id;
    int limit = 200;
};

// Newest first, by updated_at and then id.
struct SessionPage {
    base::PersonId person;  // empty: of every person
    // Full text over titles and messages: every word must begin a word of the title or of a
    // message that is not superseded. Anything but words is ignored. Empty: all sessions.
    std::string query;
    // Go on after the last row of the page before: its updated_at and id. 0: from the newest.
    long long before_updated_at = 0;
    base::SessionId before;
    int limit = 100;
};

// Who gave a session its title. The product never replaces a title that the person gave.
enum class TitleBy { person, product };

struct MessagePage {
    base::SessionId session;
    base::MessageId before;  // empty: from the newest
    int limit = 100;
    bool include_superseded = false;
};

template <class T>
using StoreTask = async::Task<base::Result<T>>;

class Store {
public:
    virtual ~Store() = default;

    // Sessions.
    [[nodiscard]] virtual StoreTask<SessionRow> create_session(SessionRow row) = 0;
    [[nodiscard]] virtual StoreTask<SessionRow> get_session(base::SessionId id) = 0;
    [[nodiscard]] virtual StoreTask<std::vector<SessionRow>> list_sessions(SessionPage page) = 0;
    [[nodiscard]] virtual StoreTask<SessionRow> rename_session(base::SessionId id,
                                                               std::string title, TitleBy by) = 0;
    // Removes the session with its messages, turns, summaries, index entries and log lines (those
    // that name the session, one of its turns or one of its messages) for good: their bytes are
    // overwritten and the write-ahead log is truncated.
    [[nodiscard]] virtual StoreTask<void> purge_session(base::SessionId id) = 0;
    // The same for what was said; the session and its title stay.
    [[nodiscard]] virtual StoreTask<void> clear_session(base::SessionId id) = 0;

    // Accepting: stores the person's message and its queued turn in one transaction. The same
    // idempotency key of the same person gives the rows of the first time with duplicate = true;
    // in another session it is a conflict. An edit (message.replaces) supersedes the replaced
    // message and everything after it, stops the turns still queued there, and drops summaries
    // that covered it.
    [[nodiscard]] virtual StoreTask<Accepted> accept(MessageRow message, TurnRow turn) = 0;
    // What a key has accepted before, for a sender that does not know its session any more.
    [[nodiscard]] virtual StoreTask<std::optional<Accepted>> find_accepted(
        base::PersonId person, std::string idempotency_key) = 0;
    // A further turn for a stored message (retry); the message's earlier reply is superseded.
    // Conflict while an earlier turn of the message still waits or runs.
    [[nodiscard]] virtual StoreTask<Accepted> accept_retry(base::MessageId message, TurnRow turn,
                                                           std::string idempotency_key) = 0;

    // Turns.
    // Marks the turn running; stores what the prompt put before its message.
    [[nodiscard]] virtual StoreTask<void> start_turn(base::TurnId turn, long long now_ms,
                                                     std::string volatile_context) = 0;
    // Keeps the reply so far, so that a crash loses little; overwritten by each call. `reply` has
    // the id that the finished message will have.
    [[nodiscard]] virtual StoreTask<void> save_draft(MessageRow reply) = 0;
    // Stores the reply (if any), removes the draft, marks the turn ended. A message that still
    // waited takes the matching status (done: complete). The reply is stored as superseded when
    // its message was edited or answered again meanwhile.
    [[nodiscard]] virtual StoreTask<void> end_turn(base::TurnId turn, StoredTurnState state,
                                                   std::optional<MessageRow> reply,
                                                   long long now_ms) = 0;
    // At start: turns that were running become `interrupted`, their drafts become replies with
    // that status (without a draft an empty one, so that no message stands there unanswered);
    // returns the turns still queued, oldest first, to be run.
    [[nodiscard]] virtual StoreTask<std::vector<TurnRow>> recover(long long now_ms) = 0;
    [[nodiscard]] virtual StoreTask<TurnRow> get_turn(base::TurnId id) = 0;

    // Messages, oldest first; a page holds the newest ones before `before`.
    [[nodiscard]] virtual StoreTask<std::vector<MessageRow>> list_messages(MessagePage page) = 0;
    [[nodiscard]] virtual StoreTask<MessageRow> get_message(base::MessageId id) = 0;
    // A message that no turn answers (notice, authored reply); supersedes what it replaces.
    [[nodiscard]] virtual StoreTask<MessageRow> add_message(MessageRow message) = 0;

    // Summaries: a view over raw messages; the newest one counts.
    [[nodiscard]] virtual StoreTask<void> put_summary(SummaryRow summary) = 0;
    [[nodiscard]] virtual StoreTask<std::optional<SummaryRow>> get_summary(base::SessionId id) = 0;
    // The newest one that a model wrote: the next is made from it and what was said after.
    [[nodiscard]] virtual StoreTask<std::optional<SummaryRow>> get_model_summary(
        base::SessionId id) = 0;

    // Notes of the remember/recall reflex, newest first.
    [[nodiscard]] virtual StoreTask<NoteRow> add_note(NoteRow note) = 0;
    [[nodiscard]] virtual StoreTask<std::vector<NoteRow>> list_notes(base::PersonId person) = 0;
    [[nodiscard]] virtual StoreTask<void> delete_note(long long id) = 0;

    // Small facts about the installation (owner's name, chosen model, …).
    [[nodiscard]] virtual StoreTask<std::optional<std::string>> get_fact(std::string key) = 0;
    [[nodiscard]] virtual StoreTask<void> put_fact(std::string key, std::string value) = 0;

    // Log table; keeps the newest kMaxLogRows rows. Not synced row by row. Listed oldest first:
    // the newest `limit` rows that match.
    [[nodiscard]] virtual StoreTask<void> append_logs(std::vector<LogRow> rows) = 0;
    [[nodiscard]] virtual StoreTask<std::vector<LogRow>> list_logs(LogQuery query) = 0;

    // Empty when all is well; else what is wrong: read-only (failed migration), full, damaged.
    [[nodiscard]] virtual std::string read_only_reason() const = 0;
};

}  // namespace ports

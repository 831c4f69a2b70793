// MemoryStore: the Store port kept in ordinary containers. For tests, for benches and as the last
// resort of a server whose database cannot be opened; everything is gone when it is destroyed.
// io thread only; no operation waits. Fails as the port says, except that it never runs out of
// disk. Each operation checks first and changes after, so a refused one leaves nothing behind.
#pragma once

#include <map>
#include <utility>

#include "ports/store.hpp"

namespace adapters {

class MemoryStore final : public ports::Store {
public:
    ports::StoreTask<ports::SessionRow> create_session(ports::SessionRow row) override;
    ports::StoreTask<ports::SessionRow> get_session(base::SessionId id) override;
    ports::StoreTask<std::vector<ports::SessionRow>> list_sessions(
        ports::SessionPage page) override;
    ports::StoreTask<ports::SessionRow> rename_session(base::SessionId id, std::string title,
                                                       ports::TitleBy by) override;
    ports::StoreTask<void> purge_session(base::SessionId id) override;
    ports::StoreTask<void> clear_session(base::SessionId id) override;
    ports::StoreTask<ports::Accepted> accept(ports::MessageRow message,
                                             ports::TurnRow turn) override;
    ports::StoreTask<std::optional<ports::Accepted>> find_accepted(
        base::PersonId person, std::string idempotency_key) override;
    ports::StoreTask<ports::Accepted> accept_retry(base::MessageId message, ports::TurnRow turn,
                                                   std::string idempotency_key) override;
    ports::StoreTask<void> start_turn(base::TurnId turn, long long now_ms,
                                      std::string volatile_context) override;
    ports::StoreTask<void> save_draft(ports::MessageRow reply) override;
    ports::StoreTask<void> end_turn(base::TurnId turn, ports::StoredTurnState state,
                                    std::optional<ports::MessageRow> reply,
                                    long long now_ms) override;
    ports::StoreTask<std::vector<ports::TurnRow>> recover(long long now_ms) override;
    ports::StoreTask<ports::TurnRow> get_turn(base::TurnId id) override;
    ports::StoreTask<std::vector<ports::MessageRow>> list_messages(
        ports::MessagePage page) override;
    ports::StoreTask<ports::MessageRow> get_message(base::MessageId id) override;
    ports::StoreTask<ports::MessageRow> add_message(ports::MessageRow message) override;
    ports::StoreTask<void> put_summary(ports::SummaryRow summary) override;
    ports::StoreTask<std::optional<ports::SummaryRow>> get_summary(base::SessionId id) override;
    ports::StoreTask<std::optional<ports::SummaryRow>> get_model_summary(
        base::SessionId id) override;
    ports::StoreTask<ports::NoteRow> add_note(ports::NoteRow note) override;
    ports::StoreTask<std::vector<ports::NoteRow>> list_notes(base::PersonId person) override;
    ports::StoreTask<void> delete_note(long long id) override;
    ports::StoreTask<std::optional<std::string>> get_fact(std::string key) override;
    ports::StoreTask<void> put_fact(std::string key, std::string value) override;
    ports::StoreTask<void> append_logs(std::vector<ports::LogRow> rows) override;
    ports::StoreTask<std::vector<ports::LogRow>> list_logs(ports::LogQuery query) override;
    [[nodiscard]] std::string read_only_reason() const override { return {}; }

private:
    enum class Asked { first, again };
    struct Key {
        base::TurnId turn;
        Asked asked;
    };

    // The row, or nullptr.
    ports::SessionRow* session(const base::SessionId& id);
    ports::MessageRow* message(const base::MessageId& id);
    ports::TurnRow* turn(const base::TurnId& id);

    [[nodiscard]] ports::SessionRow with_derived(ports::SessionRow row) const;
    [[nodiscard]] bool found_by(const ports::SessionRow& row, const std::string& query) const;
    [[nodiscard]] base::Result<std::optional<ports::Accepted>> accepted_before(
        const base::PersonId& person, const std::string& key, const base::SessionId& session,
        Asked asked);
    [[nodiscard]] base::Result<void> check_new(const ports::MessageRow& row);
    [[nodiscard]] base::Result<void> check_edit(const ports::MessageRow& row);
    [[nodiscard]] long long next_seq(const base::SessionId& session) const;
    void supersede_from(const ports::MessageRow& replaced);
    void leave_queue(ports::MessageRow& row, ports::StoredStatus status);
    void store(ports::MessageRow row);
    void drop_summaries(const base::SessionId& session, long long from_seq);
    void touch(const base::SessionId& session, long long now_ms);
    void forget(const base::SessionId& session);

    // Each in the order of insertion.
    std::vector<ports::SessionRow> sessions_;
    std::vector<ports::MessageRow> messages_;
    std::vector<ports::TurnRow> turns_;
    std::vector<ports::SummaryRow> summaries_;
    std::vector<ports::NoteRow> notes_;
    std::vector<ports::LogRow> logs_;
    std::map<base::TurnId, ports::MessageRow> drafts_;
    std::map<std::pair<base::PersonId, std::string>, Key> keys_;
    std::map<std::string, std::string> facts_;
    long long last_note_ = 0;
    long long last_log_ = 0;
};

}  // namespace adapters

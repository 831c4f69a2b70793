// SqliteStore: the Store port in one SQLite file (write-ahead log, synced at every commit). Owned
// by the composition root. Called on the io thread; writes run on one thread of its own and reads
// on another, so a read never waits for a disk sync, and sees every write that has completed.
//
// open() fails with conflict (another process holds the data), unsupported (made by a newer Loci),
// corrupt (damaged, or not ours) and storage. It gives a read-only store, with the reason, when
// the folder cannot be written to, the disk is full or a migration failed and was taken back.
#pragma once

#include <memory>

#include "adapters/store_sqlite/migrations.hpp"
#include "ports/store.hpp"

namespace adapters {

class SqliteStore final : public ports::Store {
public:
    using Options = DataPaths;

    [[nodiscard]] static base::Result<std::unique_ptr<SqliteStore>> open(Options options);
    // Finishes what is queued and closes the files.
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    ports::StoreTask<ports::SessionRow> create_session(ports::SessionRow row) override;
    ports::StoreTask<ports::SessionRow> get_session(base::SessionId id) override;
    ports::StoreTask<std::vector<ports::SessionRow>> list_sessions(
        ports::SessionPage page) override;
    ports::StoreTask<ports::SessionRow> rename_session(base::SessionId id, std::string title,
                                                       ports::TitleBy by) override;
    // Also removes the copies made before migrations: they hold the same words.
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
    [[nodiscard]] std::string read_only_reason() const override;

private:
    struct State;
    explicit SqliteStore(std::unique_ptr<State> state);
    template <class Work>
    auto write(Work work);
    template <class Work>
    auto read(Work work);

    std::unique_ptr<State> state_;
};

}  // namespace adapters

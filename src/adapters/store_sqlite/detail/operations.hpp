// The operations of the port as plain blocking functions over one connection, by noun. Writes run
// on the writer thread, reads on the reader thread. Each write is one transaction: it happens as a
// whole or not at all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/migrations.hpp"
#include "ports/store.hpp"

namespace adapters::sqlite {

// Sessions (sessions.cpp, search.cpp).
[[nodiscard]] base::Result<ports::SessionRow> create_session(Database& db,
                                                             const ports::SessionRow& row);
[[nodiscard]] base::Result<ports::SessionRow> get_session(Database& db, const base::SessionId& id);
[[nodiscard]] base::Result<std::vector<ports::SessionRow>> list_sessions(
    Database& db, const ports::SessionPage& page);
[[nodiscard]] base::Result<std::vector<ports::SessionRow>> search_sessions(
    Database& db, const ports::SessionPage& page);
[[nodiscard]] base::Result<ports::SessionRow> rename_session(Database& db,
                                                             const base::SessionId& id,
                                                             const std::string& title,
                                                             ports::TitleBy by);

// Forgetting (purge.cpp): removes the rows and leaves a mark, then scrubs: overwrites what is left
// of them in the files and takes the mark away. When scrubbing fails, the rows are gone and the
// same call, the next one or the next start scrubs again.
enum class Forget { session, content };
[[nodiscard]] base::Result<void> purge(Database& db, const DataPaths& paths,
                                       const base::SessionId& id, Forget what);
[[nodiscard]] base::Result<bool> scrub_due(Database& db);
[[nodiscard]] base::Result<void> scrub(Database& db);

// Messages (messages.cpp).
[[nodiscard]] base::Result<std::vector<ports::MessageRow>> list_messages(
    Database& db, const ports::MessagePage& page);
[[nodiscard]] base::Result<ports::MessageRow> get_message(Database& db, const base::MessageId& id);
[[nodiscard]] base::Result<ports::MessageRow> add_message(Database& db, ports::MessageRow row);

// Building blocks of writes (messages.cpp); inside a transaction of the caller.
[[nodiscard]] base::Result<void> require_session(Database& db, const base::SessionId& id);
[[nodiscard]] base::Result<void> check_new(Database& db, const ports::MessageRow& row);
[[nodiscard]] base::Result<void> insert_message(Database& db, ports::MessageRow& row);
[[nodiscard]] base::Result<void> supersede_from(Database& db, const ports::MessageRow& replaced);
[[nodiscard]] base::Result<void> drop_summaries(Database& db, const base::SessionId& session,
                                                long long from_seq);
// A message that waited takes `status` and, if others came after it meanwhile, a new place.
[[nodiscard]] base::Result<void> leave_queue(Database& db, const ports::MessageRow& message,
                                             ports::StoredStatus status);
[[nodiscard]] base::Result<void> touch_session(Database& db, const base::SessionId& id,
                                               long long now_ms);

// Accepting (accepting.cpp).
[[nodiscard]] base::Result<ports::Accepted> accept(Database& db, ports::MessageRow message,
                                                   ports::TurnRow turn);
[[nodiscard]] base::Result<std::optional<ports::Accepted>> find_accepted(
    Database& db, const base::PersonId& person, const std::string& key);
[[nodiscard]] base::Result<ports::Accepted> accept_retry(Database& db, const base::MessageId& id,
                                                         ports::TurnRow turn,
                                                         const std::string& key);

// Turns (turns.cpp).
[[nodiscard]] base::Result<ports::TurnRow> get_turn(Database& db, const base::TurnId& id);
[[nodiscard]] base::Result<void> start_turn(Database& db, const base::TurnId& id, long long now_ms,
                                            const std::string& volatile_context);
[[nodiscard]] base::Result<void> save_draft(Database& db, ports::MessageRow reply);
[[nodiscard]] base::Result<void> end_turn(Database& db, const base::TurnId& id,
                                          ports::StoredTurnState state,
                                          std::optional<ports::MessageRow> reply, long long now_ms);
[[nodiscard]] base::Result<std::vector<ports::TurnRow>> recover(Database& db, long long now_ms);

// Summaries, notes, facts and log lines (shelf.cpp).
[[nodiscard]] base::Result<void> put_summary(Database& db, const ports::SummaryRow& summary);
// `made_by`: the name of a ports::SummaryBy, or empty for any.
[[nodiscard]] base::Result<std::optional<ports::SummaryRow>> get_summary(
    Database& db, const base::SessionId& id, std::string_view made_by = {});
[[nodiscard]] base::Result<ports::NoteRow> add_note(Database& db, ports::NoteRow note);
[[nodiscard]] base::Result<std::vector<ports::NoteRow>> list_notes(Database& db,
                                                                   const base::PersonId& person);
[[nodiscard]] base::Result<void> delete_note(Database& db, long long id);
[[nodiscard]] base::Result<std::optional<std::string>> get_fact(Database& db,
                                                                const std::string& key);
[[nodiscard]] base::Result<void> put_fact(Database& db, const std::string& key,
                                          const std::string& value);
[[nodiscard]] base::Result<void> check_levels(const std::vector<ports::LogRow>& rows);
[[nodiscard]] base::Result<void> append_logs(Database& db, const std::vector<ports::LogRow>& rows);
[[nodiscard]] base::Result<std::vector<ports::LogRow>> list_logs(Database& db,
                                                                 const ports::LogQuery& query);

}  // namespace adapters::sqlite

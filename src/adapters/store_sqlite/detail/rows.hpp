// How rows of the port lie in the tables: column lists, reading, and enumerations by name.
// Pure functions over a lent Statement. Fails with corrupt when a table holds an unknown name.
#pragma once

#include <string_view>

#include "adapters/store_sqlite/database.hpp"
#include "ports/store.hpp"

namespace adapters::sqlite {

[[nodiscard]] std::string_view name_of(ports::StoredRole role);
[[nodiscard]] std::string_view name_of(ports::StoredStatus status);
[[nodiscard]] std::string_view name_of(ports::StoredTurnState state);
[[nodiscard]] base::Result<ports::StoredRole> role_from(std::string_view name);
[[nodiscard]] base::Result<ports::StoredStatus> status_from(std::string_view name);
[[nodiscard]] base::Result<ports::StoredTurnState> turn_state_from(std::string_view name);
[[nodiscard]] std::string_view name_of(ports::SummaryBy by);
[[nodiscard]] base::Result<ports::SummaryBy> summary_by_from(std::string_view name);

// Column lists start with the given ones; read_…() expects exactly these from column 0 on.
#define LOCI_MESSAGE_COLUMNS                                                                 \
    "id, session, turn, seq, role, status, content, reasoning, volatile_context, replaces, " \
    "idempotency_key, detail_json, error_json, created_at, superseded"
#define LOCI_TURN_COLUMNS "id, session, message, state, model, created_at, started_at, ended_at"
#define LOCI_SESSION_COLUMNS                                                                  \
    "id, person, agent, channel, scope_key, title, title_by_person, created_at, updated_at, " \
    "continues, continues_seq, "                                                              \
    "(SELECT count(*) FROM messages WHERE session = sessions.id AND superseded = 0), "        \
    "coalesce((SELECT substr(content, 1, 1000) FROM messages "                                \
    "WHERE session = sessions.id AND superseded = 0 AND content <> '' ORDER BY seq DESC "     \
    "LIMIT 1), '')"

[[nodiscard]] base::Result<ports::MessageRow> read_message(const Statement& row);
[[nodiscard]] base::Result<ports::TurnRow> read_turn(const Statement& row);
[[nodiscard]] ports::SessionRow read_session(const Statement& row);

}  // namespace adapters::sqlite

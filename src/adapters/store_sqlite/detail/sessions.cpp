#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"

namespace adapters::sqlite {

using base::ErrorCode;

base::Result<ports::SessionRow> get_session(Database& db, const base::SessionId& id) {
    TRY(row, db.statement("SELECT " LOCI_SESSION_COLUMNS " FROM sessions WHERE id = ?"));
    TRY(found, row.bind(id).step());
    if (!found) return base::fail(ErrorCode::not_found, "there is no such session");
    return read_session(row);
}

base::Result<ports::SessionRow> create_session(Database& db, const ports::SessionRow& row) {
    if (row.id.empty() || row.person.empty()) {
        return base::fail(ErrorCode::invalid_argument, "a session needs an id and a person");
    }
    TRY(transaction, Transaction::begin(db));
    TRY(known, db.number("SELECT count(*) FROM sessions WHERE id = ?", row.id));
    if (known != 0) {
        return base::fail(ErrorCode::conflict, "there is a session with this id already");
    }
    if (!row.scope_key.empty()) {
        TRY(same_scope, db.statement("SELECT id FROM sessions WHERE agent = ? AND scope_key = ?"
                                     " AND scope_key <> ''"));
        TRY(taken, same_scope.bind(row.agent, row.scope_key).step());
        if (taken) {
            auto error = base::make_error(ErrorCode::conflict,
                                          "the agent has a session for this scope already");
            return base::fail(std::move(error).with("session", same_scope.text(0)));
        }
    }
    TRY_DO(db.run(
        "INSERT INTO sessions (id, person, agent, channel, scope_key, title,"
        " title_by_person, created_at, updated_at, continues, continues_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.id, row.person, row.agent, row.channel, row.scope_key, row.title, row.title_by_person,
        row.created_at, row.updated_at, row.continues, row.continues_seq));
    TRY(stored, get_session(db, row.id));
    TRY_DO(transaction.commit());
    return stored;
}

base::Result<std::vector<ports::SessionRow>> list_sessions(Database& db,
                                                           const ports::SessionPage& page) {
    if (page.limit < 1) return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    if (!page.query.empty()) return search_sessions(db, page);
    TRY(rows,
        db.statement("SELECT " LOCI_SESSION_COLUMNS " FROM sessions WHERE (?1 = '' OR person = ?1)"
                     " AND (?2 = 0 OR (updated_at, id) < (?2, ?3))"
                     " ORDER BY updated_at DESC, id DESC LIMIT ?4"));
    rows.bind(page.person, page.before_updated_at, page.before, page.limit);
    std::vector<ports::SessionRow> sessions;
    for (;;) {
        TRY(more, rows.step());
        if (!more) return sessions;
        sessions.push_back(read_session(rows));
    }
}

base::Result<ports::SessionRow> rename_session(Database& db, const base::SessionId& id,
                                               const std::string& title, ports::TitleBy by) {
    const bool by_person = by == ports::TitleBy::person;
    TRY(transaction, Transaction::begin(db));
    TRY_DO(
        db.run("UPDATE sessions SET title = ?2, title_by_person = ?3"
               " WHERE id = ?1 AND (?3 OR NOT title_by_person)",
               id, title, by_person));
    TRY(row, get_session(db, id));
    TRY_DO(transaction.commit());
    return row;
}

}  // namespace adapters::sqlite

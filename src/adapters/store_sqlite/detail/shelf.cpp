// Summaries, notes, facts and log lines.
#include <algorithm>
#include <array>

#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"

namespace adapters::sqlite {

using base::ErrorCode;

namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};

bool is_level(std::string_view level) {
    return std::ranges::find(kLevels, level) != kLevels.end();
}

}  // namespace

base::Result<void> put_summary(Database& db, const ports::SummaryRow& summary) {
    TRY(transaction, Transaction::begin(db));
    TRY_DO(require_session(db, summary.session));
    TRY_DO(
        db.run("INSERT INTO summaries (session, up_to_seq, text, tokens, created_at, made_by)"
               " VALUES (?, ?, ?, ?, ?, ?)",
               summary.session, summary.up_to_seq, summary.text, summary.tokens, summary.created_at,
               name_of(summary.by)));
    return transaction.commit();
}

base::Result<std::optional<ports::SummaryRow>> get_summary(Database& db, const base::SessionId& id,
                                                           std::string_view made_by) {
    TRY(row, db.statement("SELECT up_to_seq, text, tokens, created_at, made_by FROM summaries"
                          " WHERE session = ?1 AND (?2 = '' OR made_by = ?2)"
                          " ORDER BY n DESC LIMIT 1"));
    TRY(found, row.bind(id, made_by).step());
    if (!found) return std::nullopt;
    TRY(by, summary_by_from(row.text(4)));
    return ports::SummaryRow{
        id, row.integer(0), row.text(1), static_cast<int>(row.integer(2)), row.integer(3), by};
}

base::Result<ports::NoteRow> add_note(Database& db, ports::NoteRow note) {
    if (note.person.empty()) {
        return base::fail(ErrorCode::invalid_argument, "a note needs a person");
    }
    TRY_DO(db.run("INSERT INTO notes (person, text, created_at) VALUES (?, ?, ?)", note.person,
                  note.text, note.created_at));
    note.id = db.last_rowid();
    return note;
}

base::Result<std::vector<ports::NoteRow>> list_notes(Database& db, const base::PersonId& person) {
    TRY(rows, db.statement("SELECT id, text, created_at FROM notes WHERE person = ?"
                           " ORDER BY id DESC"));
    rows.bind(person);
    std::vector<ports::NoteRow> notes;
    for (;;) {
        TRY(more, rows.step());
        if (!more) return notes;
        notes.push_back({rows.integer(0), person, rows.text(1), rows.integer(2)});
    }
}

base::Result<void> delete_note(Database& db, long long id) {
    TRY_DO(db.run("DELETE FROM notes WHERE id = ?", id));
    if (db.changes() == 0) return base::fail(ErrorCode::not_found, "there is no such note");
    return {};
}

base::Result<std::optional<std::string>> get_fact(Database& db, const std::string& key) {
    TRY(row, db.statement("SELECT value FROM facts WHERE key = ?"));
    TRY(found, row.bind(key).step());
    if (!found) return std::nullopt;
    return row.text(0);
}

base::Result<void> put_fact(Database& db, const std::string& key, const std::string& value) {
    if (key.empty()) return base::fail(ErrorCode::invalid_argument, "a fact needs a key");
    return db.run("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", key, value);
}

base::Result<void> check_levels(const std::vector<ports::LogRow>& rows) {
    const bool known = std::ranges::all_of(rows, [](const auto& r) { return is_level(r.level); });
    if (!known) return base::fail(ErrorCode::invalid_argument, "unknown log level");
    return {};
}

namespace {

base::Result<void> insert_logs(Database& db, const std::vector<ports::LogRow>& rows) {
    TRY(transaction, Transaction::begin(db));
    for (const auto& row : rows) {
        TRY_DO(db.run(
            "INSERT INTO logs (time_ms, level, category, message, request_id,"
            " fields_json) VALUES (?, ?, ?, ?, ?, ?)",
            row.time_ms, row.level, row.category, row.message, row.request_id, row.fields_json));
    }
    TRY_DO(
        db.run("DELETE FROM logs WHERE id <= (SELECT max(id) FROM logs) - ?", ports::kMaxLogRows));
    return transaction.commit();
}

}  // namespace

base::Result<void> append_logs(Database& db, const std::vector<ports::LogRow>& rows) {
    // Not worth a disk sync of their own; the next synced commit takes them along.
    TRY_DO(db.run("PRAGMA synchronous = NORMAL"));
    auto inserted = insert_logs(db, rows);
    TRY_DO(db.run("PRAGMA synchronous = FULL"));
    return inserted;
}

base::Result<std::vector<ports::LogRow>> list_logs(Database& db, const ports::LogQuery& query) {
    if (query.limit < 1) return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    if (!is_level(query.min_level)) {
        return base::fail(ErrorCode::invalid_argument, "unknown log level");
    }
    TRY(rows,
        db.statement("WITH related (request) AS (SELECT ?1 UNION SELECT request_id FROM logs"
                     " WHERE ?1 <> '' AND instr(fields_json, '\"' || ?1 || '\"') > 0)"
                     " SELECT id, time_ms, level, category, message, request_id, fields_json"
                     " FROM logs WHERE (?1 = '' OR (request_id <> '' AND request_id IN related))"
                     " AND instr('trace debug info warn error', level)"
                     " >= instr('trace debug info warn error', ?2)"
                     " ORDER BY id DESC LIMIT ?3"));
    rows.bind(query.request_id, query.min_level, query.limit);
    std::vector<ports::LogRow> lines;
    for (;;) {
        TRY(more, rows.step());
        if (!more) break;
        lines.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4),
                         rows.text(5), rows.text(6)});
    }
    std::ranges::reverse(lines);
    return lines;
}

}  // namespace adapters::sqlite

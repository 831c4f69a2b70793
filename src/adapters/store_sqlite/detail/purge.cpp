#include <sqlite3.h>

#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/schema.hpp"
#include "base/log.hpp"

namespace adapters::sqlite {

using base::ErrorCode;

namespace {

// In `facts`, so that a scrub that a crash cut off is done at the next start.
constexpr std::string_view kScrubDue = "store.scrub_due";

base::Result<void> remove_log_lines(Database& db, const base::SessionId& id) {
    return db.run(
        "WITH ids (id) AS (SELECT ?1 UNION ALL SELECT id FROM turns WHERE session = ?1"
        " UNION ALL SELECT id FROM messages WHERE session = ?1)"
        " DELETE FROM logs WHERE request_id IN ids OR EXISTS (SELECT 1 FROM"
        " json_each(CASE WHEN json_valid(fields_json) THEN fields_json ELSE '{}' END)"
        " WHERE value IN ids)",
        id);
}

base::Result<void> remove_said(Database& db, const base::SessionId& id) {
    TRY_DO(require_session(db, id));
    TRY_DO(remove_log_lines(db, id));
    TRY_DO(db.run("DELETE FROM summaries WHERE session = ?", id));
    // What went on from it remembers it no longer.
    TRY_DO(db.run("UPDATE sessions SET continues = '', continues_seq = 0 WHERE continues = ?", id));
    // Keys and drafts go with their turns.
    TRY_DO(db.run("DELETE FROM turns WHERE session = ?", id));
    TRY_DO(db.run("DELETE FROM messages WHERE session = ?", id));
    return db.run("INSERT OR REPLACE INTO facts (key, value) VALUES (?, 'yes')", kScrubDue);
}

base::Result<void> remove_rows(Database& db, const base::SessionId& id, Forget what) {
    TRY(transaction, Transaction::begin(db));
    TRY_DO(remove_said(db, id));
    if (what == Forget::session) TRY_DO(db.run("DELETE FROM sessions WHERE id = ?", id));
    return transaction.commit();
}

}  // namespace

base::Result<bool> scrub_due(Database& db) {
    TRY(due, db.number("SELECT count(*) FROM facts WHERE key = ?", kScrubDue));
    return due != 0;
}

base::Result<void> scrub(Database& db) {
    // The index keeps removed words until its segments are merged; secure_delete overwrites freed
    // cells but not the copies that page balancing leaves behind, which only a rewrite removes.
    TRY_DO(db.run("INSERT INTO search_index (search_index) VALUES ('optimize')"));
    TRY_DO(db.run("VACUUM"));
    const int code =
        sqlite3_wal_checkpoint_v2(db.raw(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return base::fail(
            sqlite_error(code, sqlite3_errmsg(db.raw()), "overwriting removed words"));
    }
    db.release_memory();
    return db.run("DELETE FROM facts WHERE key = ?", kScrubDue);
}

base::Result<void> purge(Database& db, const DataPaths& paths, const base::SessionId& id,
                         Forget what) {
    TRY(due, scrub_due(db));
    auto removed = remove_rows(db, id, what);
    const bool gone_before = due && !removed && removed.error().code == ErrorCode::not_found;
    if (!removed && !gone_before) return removed;
    if (auto scrubbed = scrub(db); !scrubbed) {
        return base::fail(std::move(scrubbed.error())
                              .within("the conversation is removed, but not yet overwritten"));
    }
    TRY(copies, remove_copies(paths));
    if (copies > 0) {
        LOG_INFO("store", "copies from before migrations were removed", {"files", copies});
    }
    return {};
}

}  // namespace adapters::sqlite

#include "adapters/store_sqlite/testing/dump.hpp"

#include <array>
#include <stdexcept>

#include "adapters/store_sqlite/database.hpp"

namespace adapters::testing {

using sqlite::Database;

namespace {

constexpr std::array<std::string_view, 9> kTables{
    "SELECT 'session', n, id, person, agent, channel, scope_key, title, title_by_person,"
    " created_at, updated_at, continues, continues_seq FROM sessions ORDER BY n",
    "SELECT 'message', n, id, session, turn, seq, role, status, content, reasoning,"
    " volatile_context, replaces, idempotency_key, detail_json, error_json, created_at, superseded"
    " FROM messages ORDER BY n",
    "SELECT 'turn', n, id, session, message, state, model, created_at, started_at, ended_at"
    " FROM turns ORDER BY n",
    "SELECT 'key', person, key, turn, asked FROM accepted_keys ORDER BY person, key",
    "SELECT 'draft', turn, id, content FROM drafts ORDER BY turn",
    "SELECT 'summary', n, session, up_to_seq, text, made_by FROM summaries ORDER BY n",
    "SELECT 'note', id, person, text, created_at FROM notes ORDER BY id",
    "SELECT 'fact', key, value FROM facts WHERE key <> 'store.scrub_due' ORDER BY key",
    "SELECT 'log', id, time_ms, level, category, message, request_id, fields_json FROM logs"
    " ORDER BY id"};

template <class T>
T value_of(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
}

}  // namespace

std::string dump(const std::string& database) {
    const auto db = value_of(Database::open(database, Database::Mode::read_only));
    std::string text;
    for (const auto sql : kTables) {
        auto rows = value_of(db->statement(sql));
        while (value_of(rows.step())) {
            for (int column = 0; column < rows.columns(); ++column) {
                text += rows.text(column) + "|";
            }
            text += "\n";
        }
    }
    return text;
}

std::string damage(const DataPaths& paths) {
    const auto db = value_of(Database::open(paths.database, Database::Mode::read_write, paths.vfs));
    auto whole = value_of(db->statement("PRAGMA integrity_check"));
    if (!value_of(whole.step()) || whole.text(0) != "ok") return "file: " + whole.text(0);
    auto loose = value_of(db->statement("PRAGMA foreign_key_check"));
    if (value_of(loose.step())) return "a row of " + loose.text(0) + " hangs on nothing";
    // 1: compares the index with the rows it is made of.
    const auto index =
        db->run("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)");
    return index ? "" : "search index: " + index.error().text();
}

}  // namespace adapters::testing

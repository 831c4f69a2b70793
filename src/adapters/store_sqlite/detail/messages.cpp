#include <algorithm>
#include <limits>

#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"

namespace adapters::sqlite {

using base::ErrorCode;

base::Result<ports::MessageRow> get_message(Database& db, const base::MessageId& id) {
    TRY(row, db.statement("SELECT " LOCI_MESSAGE_COLUMNS " FROM messages WHERE id = ?"));
    TRY(found, row.bind(id).step());
    if (!found) return base::fail(ErrorCode::not_found, "there is no such message");
    return read_message(row);
}

base::Result<void> require_session(Database& db, const base::SessionId& id) {
    TRY(known, db.number("SELECT count(*) FROM sessions WHERE id = ?", id));
    if (known == 0) return base::fail(ErrorCode::not_found, "there is no such session");
    return {};
}

namespace {

// The place before which a page ends.
base::Result<long long> end_of_page(Database& db, const ports::MessagePage& page) {
    if (page.before.empty()) return std::numeric_limits<long long>::max();
    TRY(place, db.statement("SELECT session, seq FROM messages WHERE id = ?"));
    TRY(found, place.bind(page.before).step());
    if (!found) {
        return base::fail(ErrorCode::not_found, "there is no such message to page from");
    }
    if (place.text(0) != page.session.str()) {
        return base::fail(ErrorCode::conflict, "the message to page from is of another session");
    }
    return place.integer(1);
}

// Two statements, because the planner cannot choose the partial index for a parameter.
constexpr std::string_view kShown =
    "SELECT " LOCI_MESSAGE_COLUMNS
    " FROM messages WHERE session = ? AND seq < ? AND superseded = 0 ORDER BY seq DESC LIMIT ?";
constexpr std::string_view kAll =
    "SELECT " LOCI_MESSAGE_COLUMNS
    " FROM messages WHERE session = ? AND seq < ? ORDER BY seq DESC LIMIT ?";

}  // namespace

base::Result<std::vector<ports::MessageRow>> list_messages(Database& db,
                                                           const ports::MessagePage& page) {
    if (page.limit < 1) return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    TRY(snapshot, Transaction::begin(db, Transaction::Kind::read));
    TRY_DO(require_session(db, page.session));
    TRY(end, end_of_page(db, page));
    TRY(rows, db.statement(page.include_superseded ? kAll : kShown));
    rows.bind(page.session, end, page.limit);
    std::vector<ports::MessageRow> messages;
    for (;;) {
        TRY(more, rows.step());
        if (!more) break;
        TRY(message, read_message(rows));
        messages.push_back(std::move(message));
    }
    std::ranges::reverse(messages);
    return messages;
}

base::Result<void> check_new(Database& db, const ports::MessageRow& row) {
    if (row.id.empty()) return base::fail(ErrorCode::invalid_argument, "a message needs an id");
    TRY_DO(require_session(db, row.session));
    TRY(known, db.number("SELECT count(*) FROM messages WHERE id = ?", row.id));
    if (known != 0) {
        return base::fail(ErrorCode::conflict, "there is a message with this id already");
    }
    if (row.replaces.empty()) return {};
    auto replaced = get_message(db, row.replaces);
    if (!replaced && replaced.error().code == ErrorCode::not_found) {
        return base::fail(ErrorCode::not_found, "there is no such message to replace");
    }
    if (!replaced) return base::fail(std::move(replaced.error()));
    if (replaced->session != row.session) {
        return base::fail(ErrorCode::conflict, "the message to replace is of another session");
    }
    return {};
}

base::Result<void> drop_summaries(Database& db, const base::SessionId& session,
                                  long long from_seq) {
    return db.run("DELETE FROM summaries WHERE session = ? AND up_to_seq >= ?", session, from_seq);
}

base::Result<void> touch_session(Database& db, const base::SessionId& id, long long now_ms) {
    return db.run("UPDATE sessions SET updated_at = ?2 WHERE id = ?1 AND updated_at < ?2", id,
                  now_ms);
}

base::Result<void> insert_message(Database& db, ports::MessageRow& row) {
    if (!row.replaces.empty()) {
        TRY(replaced, get_message(db, row.replaces));
        TRY_DO(db.run("UPDATE messages SET superseded = 1 WHERE id = ? AND superseded = 0",
                      row.replaces));
        TRY_DO(drop_summaries(db, replaced.session, replaced.seq));
    }
    TRY(last, db.number("SELECT max(seq) FROM messages WHERE session = ?", row.session));
    row.seq = last + 1;
    TRY_DO(db.run("INSERT INTO messages (" LOCI_MESSAGE_COLUMNS
                  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  row.id, row.session, row.turn, row.seq, name_of(row.role), name_of(row.status),
                  row.content, row.reasoning, row.volatile_context, row.replaces,
                  row.idempotency_key, row.detail_json, row.error_json, row.created_at,
                  row.superseded));
    return touch_session(db, row.session, row.created_at);
}

base::Result<void> supersede_from(Database& db, const ports::MessageRow& replaced) {
    const auto& session = replaced.session;
    TRY_DO(
        db.run("UPDATE turns SET state = 'stopped' WHERE state = 'queued' AND message IN"
               " (SELECT id FROM messages WHERE session = ? AND seq >= ?)",
               session, replaced.seq));
    TRY_DO(
        db.run("UPDATE messages SET status = 'stopped'"
               " WHERE session = ? AND seq >= ? AND status = 'queued'",
               session, replaced.seq));
    TRY_DO(
        db.run("UPDATE messages SET superseded = 1"
               " WHERE session = ? AND seq >= ? AND superseded = 0",
               session, replaced.seq));
    return drop_summaries(db, session, replaced.seq);
}

base::Result<void> leave_queue(Database& db, const ports::MessageRow& message,
                               ports::StoredStatus status) {
    if (message.status != ports::StoredStatus::queued) return {};
    TRY_DO(db.run("UPDATE messages SET status = ? WHERE id = ?", name_of(status), message.id));
    TRY(overtaken, db.number("SELECT EXISTS (SELECT 1 FROM messages"
                             " WHERE session = ? AND seq > ? AND status <> 'queued')",
                             message.session, message.seq));
    if (overtaken == 0) return {};
    return db.run(
        "UPDATE messages SET seq ="
        " (SELECT max(seq) + 1 FROM messages WHERE session = ?) WHERE id = ?",
        message.session, message.id);
}

base::Result<ports::MessageRow> add_message(Database& db, ports::MessageRow row) {
    TRY(transaction, Transaction::begin(db));
    TRY_DO(check_new(db, row));
    if (row.status == ports::StoredStatus::queued) {
        return base::fail(ErrorCode::invalid_argument, "only accept() stores waiting messages");
    }
    row.superseded = false;
    TRY_DO(insert_message(db, row));
    TRY_DO(transaction.commit());
    return row;
}

}  // namespace adapters::sqlite

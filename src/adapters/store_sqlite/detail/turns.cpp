#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"

namespace adapters::sqlite {

using base::ErrorCode;
using ports::StoredStatus;
using ports::StoredTurnState;

base::Result<ports::TurnRow> get_turn(Database& db, const base::TurnId& id) {
    TRY(row, db.statement("SELECT " LOCI_TURN_COLUMNS " FROM turns WHERE id = ?"));
    TRY(found, row.bind(id).step());
    if (!found) return base::fail(ErrorCode::not_found, "there is no such turn");
    return read_turn(row);
}

namespace {

StoredStatus status_after(StoredTurnState state) {
    if (state == StoredTurnState::stopped) return StoredStatus::stopped;
    if (state == StoredTurnState::interrupted) return StoredStatus::interrupted;
    if (state == StoredTurnState::failed) return StoredStatus::failed;
    return StoredStatus::complete;
}

bool is_open(StoredTurnState state) {
    return state == StoredTurnState::queued || state == StoredTurnState::running;
}

base::Result<void> check_reply(Database& db, const ports::TurnRow& turn, ports::MessageRow& reply) {
    if (reply.session.empty()) reply.session = turn.session;
    if (reply.session != turn.session) {
        return base::fail(ErrorCode::conflict, "the reply is of another session");
    }
    if (reply.status == StoredStatus::queued) {
        return base::fail(ErrorCode::invalid_argument, "a reply cannot be queued");
    }
    return check_new(db, reply);
}

// What there was of the turn's reply when the server ended; without a draft an empty one.
base::Result<ports::MessageRow> read_draft(Database& db, const ports::TurnRow& turn,
                                           long long now_ms) {
    ports::MessageRow draft;
    draft.id = base::MessageId::make();
    draft.session = turn.session;
    draft.turn = turn.id;
    draft.role = ports::StoredRole::assistant;
    draft.status = StoredStatus::interrupted;
    draft.created_at = now_ms;
    TRY(row, db.statement("SELECT id, content, reasoning, volatile_context, replaces, detail_json,"
                          " error_json, created_at FROM drafts WHERE turn = ?"));
    TRY(found, row.bind(turn.id).step());
    if (!found) return draft;
    draft.id = row.id<base::MessageId>(0);
    draft.content = row.text(1);
    draft.reasoning = row.text(2);
    draft.volatile_context = row.text(3);
    draft.replaces = row.id<base::MessageId>(4);
    draft.detail_json = row.text(5);
    draft.error_json = row.text(6);
    draft.created_at = row.integer(7);
    return draft;
}

base::Result<std::vector<ports::TurnRow>> turns_in(Database& db, StoredTurnState state) {
    TRY(rows, db.statement("SELECT " LOCI_TURN_COLUMNS
                           " FROM turns WHERE state IN ('queued', 'running') AND state = ?"
                           " ORDER BY n"));
    rows.bind(name_of(state));
    std::vector<ports::TurnRow> turns;
    for (;;) {
        TRY(more, rows.step());
        if (!more) return turns;
        TRY(turn, read_turn(rows));
        turns.push_back(std::move(turn));
    }
}

base::Result<void> interrupt(Database& db, const ports::TurnRow& turn, long long now_ms) {
    TRY_DO(db.run("UPDATE turns SET state = 'interrupted', ended_at = ? WHERE id = ?", now_ms,
                  turn.id));
    TRY(draft, read_draft(db, turn, now_ms));
    TRY(message, get_message(db, turn.message));
    draft.superseded = message.superseded;
    return insert_message(db, draft);
}

}  // namespace

base::Result<void> start_turn(Database& db, const base::TurnId& id, long long now_ms,
                              const std::string& volatile_context) {
    TRY(transaction, Transaction::begin(db));
    TRY(turn, get_turn(db, id));
    if (turn.state != StoredTurnState::queued) {
        return base::fail(ErrorCode::conflict, "the turn was started already");
    }
    TRY_DO(db.run("UPDATE turns SET state = 'running', started_at = ? WHERE id = ?", now_ms, id));
    TRY_DO(db.run("UPDATE messages SET volatile_context = ? WHERE id = ?", volatile_context,
                  turn.message));
    TRY(message, get_message(db, turn.message));
    TRY_DO(leave_queue(db, message, StoredStatus::complete));
    return transaction.commit();
}

base::Result<void> save_draft(Database& db, ports::MessageRow reply) {
    TRY(transaction, Transaction::begin(db));
    TRY(turn, get_turn(db, reply.turn));
    if (turn.state != StoredTurnState::running) {
        return base::fail(ErrorCode::conflict, "the turn is not running");
    }
    reply.session = turn.session;
    TRY_DO(check_new(db, reply));
    TRY_DO(
        db.run("INSERT OR REPLACE INTO drafts (turn, id, role, content, reasoning,"
               " volatile_context, replaces, detail_json, error_json, created_at)"
               " VALUES (?, ?, 'assistant', ?, ?, ?, ?, ?, ?, ?)",
               reply.turn, reply.id, reply.content, reply.reasoning, reply.volatile_context,
               reply.replaces, reply.detail_json, reply.error_json, reply.created_at));
    return transaction.commit();
}

base::Result<void> end_turn(Database& db, const base::TurnId& id, StoredTurnState state,
                            std::optional<ports::MessageRow> reply, long long now_ms) {
    if (is_open(state)) {
        return base::fail(ErrorCode::invalid_argument, "a turn cannot end in this state");
    }
    TRY(transaction, Transaction::begin(db));
    TRY(turn, get_turn(db, id));
    if (!is_open(turn.state)) {
        return base::fail(ErrorCode::conflict, "the turn has ended already");
    }
    if (reply) TRY_DO(check_reply(db, turn, *reply));
    TRY(message, get_message(db, turn.message));
    TRY_DO(db.run("UPDATE turns SET state = ?, ended_at = ? WHERE id = ?", name_of(state), now_ms,
                  id));
    TRY_DO(db.run("DELETE FROM drafts WHERE turn = ?", id));
    TRY_DO(leave_queue(db, message, status_after(state)));
    TRY_DO(touch_session(db, turn.session, now_ms));
    if (reply) {
        reply->turn = id;
        reply->superseded = message.superseded;
        TRY_DO(insert_message(db, *reply));
    }
    return transaction.commit();
}

base::Result<std::vector<ports::TurnRow>> recover(Database& db, long long now_ms) {
    TRY(transaction, Transaction::begin(db));
    TRY(running, turns_in(db, StoredTurnState::running));
    for (const auto& turn : running) TRY_DO(interrupt(db, turn, now_ms));
    TRY_DO(db.run("DELETE FROM drafts"));
    TRY(queued, turns_in(db, StoredTurnState::queued));
    TRY_DO(transaction.commit());
    return queued;
}

}  // namespace adapters::sqlite

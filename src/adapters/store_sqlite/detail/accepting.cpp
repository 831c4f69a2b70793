#include "adapters/store_sqlite/detail/operations.hpp"
#include "adapters/store_sqlite/detail/rows.hpp"

namespace adapters::sqlite {

using base::ErrorCode;
using ports::Accepted;

namespace {

struct KeyUse {
    Accepted accepted;
    std::string asked;  // as in accepted_keys
};

base::Result<std::optional<KeyUse>> use_of_key(Database& db, const base::PersonId& person,
                                               const std::string& key) {
    TRY(row, db.statement("SELECT turn, asked FROM accepted_keys WHERE person = ? AND key = ?"));
    TRY(found, row.bind(person, key).step());
    if (!found) return std::nullopt;
    TRY(turn, get_turn(db, row.id<base::TurnId>(0)));
    TRY(message, get_message(db, turn.message));
    return KeyUse{Accepted{std::move(message), std::move(turn), true}, row.text(1)};
}

// What the key has started before, if it was for the same purpose.
base::Result<std::optional<Accepted>> accepted_before(Database& db, const base::PersonId& person,
                                                      const std::string& key,
                                                      const base::SessionId& session,
                                                      std::string_view asked) {
    if (key.empty()) return std::nullopt;
    TRY(use, use_of_key(db, person, key));
    if (!use) return std::nullopt;
    if (use->accepted.turn.session != session || use->asked != asked) {
        auto error = base::make_error(ErrorCode::conflict,
                                      "the idempotency key was used for something else");
        return base::fail(std::move(error).with("session", use->accepted.turn.session.str()));
    }
    return std::move(use->accepted);
}

base::Result<base::PersonId> person_of(Database& db, const base::SessionId& session) {
    TRY(row, db.statement("SELECT person FROM sessions WHERE id = ?"));
    TRY(found, row.bind(session).step());
    if (!found) return base::fail(ErrorCode::not_found, "there is no such session");
    return row.id<base::PersonId>(0);
}

base::Result<void> insert_turn(Database& db, const ports::TurnRow& turn,
                               const base::PersonId& person, const std::string& key,
                               std::string_view asked) {
    TRY_DO(db.run("INSERT INTO turns (" LOCI_TURN_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                  turn.id, turn.session, turn.message, name_of(turn.state), turn.model,
                  turn.created_at, turn.started_at, turn.ended_at));
    if (key.empty()) return {};
    return db.run("INSERT INTO accepted_keys (person, key, turn, asked) VALUES (?, ?, ?, ?)",
                  person, key, turn.id, asked);
}

base::Result<void> check_new_turn(Database& db, const ports::TurnRow& turn) {
    TRY(known, db.number("SELECT count(*) FROM turns WHERE id = ?", turn.id));
    if (known == 0) return {};
    return base::fail(ErrorCode::conflict, "there is a turn with this id already");
}

base::Result<void> supersede_by_edit(Database& db, const ports::MessageRow& edit) {
    if (edit.replaces.empty()) return {};
    TRY(replaced, get_message(db, edit.replaces));
    if (replaced.role != ports::StoredRole::user) {
        return base::fail(ErrorCode::invalid_argument, "only a person's message can be edited");
    }
    if (replaced.superseded) {
        return base::fail(ErrorCode::conflict, "the message was replaced already");
    }
    return supersede_from(db, replaced);
}

base::Result<void> supersede_replies(Database& db, const ports::MessageRow& message) {
    TRY(first, db.number("SELECT min(seq) FROM messages WHERE role = 'assistant'"
                         " AND superseded = 0 AND turn IN"
                         " (SELECT id FROM turns WHERE message = ?) AND turn <> ''",
                         message.id));
    if (first == 0) return {};
    TRY_DO(
        db.run("UPDATE messages SET superseded = 1 WHERE role = 'assistant'"
               " AND superseded = 0 AND turn IN"
               " (SELECT id FROM turns WHERE message = ?) AND turn <> ''",
               message.id));
    return drop_summaries(db, message.session, first);
}

}  // namespace

base::Result<Accepted> accept(Database& db, ports::MessageRow message, ports::TurnRow turn) {
    TRY(transaction, Transaction::begin(db));
    TRY(person, person_of(db, message.session));
    TRY(before, accepted_before(db, person, message.idempotency_key, message.session, "first"));
    if (before) return *std::move(before);
    if (message.role != ports::StoredRole::user || turn.id.empty()) {
        return base::fail(ErrorCode::invalid_argument,
                          "only a person's message with a turn can be accepted");
    }
    TRY_DO(check_new(db, message));
    TRY_DO(check_new_turn(db, turn));
    TRY_DO(supersede_by_edit(db, message));
    message.status = ports::StoredStatus::queued;
    message.superseded = false;
    message.turn = turn.id;
    turn.session = message.session;
    turn.message = message.id;
    turn.state = ports::StoredTurnState::queued;
    TRY_DO(insert_message(db, message));
    TRY_DO(insert_turn(db, turn, person, message.idempotency_key, "first"));
    TRY_DO(transaction.commit());
    return Accepted{std::move(message), std::move(turn), false};
}

base::Result<std::optional<Accepted>> find_accepted(Database& db, const base::PersonId& person,
                                                    const std::string& key) {
    TRY(snapshot, Transaction::begin(db, Transaction::Kind::read));
    TRY(use, use_of_key(db, person, key));
    if (!use) return std::nullopt;
    return std::move(use->accepted);
}

base::Result<Accepted> accept_retry(Database& db, const base::MessageId& id, ports::TurnRow turn,
                                    const std::string& key) {
    TRY(transaction, Transaction::begin(db));
    TRY(message, get_message(db, id));
    TRY(person, person_of(db, message.session));
    TRY(before, accepted_before(db, person, key, message.session, "again"));
    if (before) return *std::move(before);
    if (message.role != ports::StoredRole::user || turn.id.empty()) {
        return base::fail(ErrorCode::invalid_argument,
                          "only a person's message can be answered again, by a turn with an id");
    }
    if (message.superseded) return base::fail(ErrorCode::conflict, "the message was replaced");
    TRY_DO(check_new_turn(db, turn));
    TRY(open, db.number("SELECT count(*) FROM turns"
                        " WHERE message = ? AND state IN ('queued', 'running')",
                        id));
    if (open != 0) {
        return base::fail(ErrorCode::conflict, "the message is still being answered");
    }
    TRY_DO(supersede_replies(db, message));
    TRY_DO(
        db.run("UPDATE messages SET status = 'queued' WHERE id = ? AND status <> 'complete'", id));
    turn.session = message.session;
    turn.message = id;
    turn.state = ports::StoredTurnState::queued;
    TRY_DO(insert_turn(db, turn, person, key, "again"));
    TRY_DO(touch_session(db, message.session, turn.created_at));
    TRY(stored, get_message(db, id));
    TRY_DO(transaction.commit());
    return Accepted{std::move(stored), std::move(turn), false};
}

}  // namespace adapters::sqlite

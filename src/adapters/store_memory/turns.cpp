#include <algorithm>

#include "adapters/store_memory/memory_store.hpp"

namespace adapters {

using base::ErrorCode;
using ports::Accepted;
using ports::StoredRole;
using ports::StoredStatus;
using ports::StoredTurnState;
using ports::StoreTask;

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

}  // namespace

ports::TurnRow* MemoryStore::turn(const base::TurnId& id) {
    const auto it = std::ranges::find(turns_, id, &ports::TurnRow::id);
    return it == turns_.end() ? nullptr : &*it;
}

base::Result<std::optional<Accepted>> MemoryStore::accepted_before(const base::PersonId& person,
                                                                   const std::string& key,
                                                                   const base::SessionId& in,
                                                                   Asked asked) {
    const auto it = keys_.find({person, key});
    if (key.empty() || it == keys_.end()) return std::nullopt;
    const auto& earlier = *turn(it->second.turn);
    if (earlier.session != in || it->second.asked != asked) {
        auto error = base::make_error(ErrorCode::conflict,
                                      "the idempotency key was used for something else");
        return base::fail(std::move(error).with("session", earlier.session.str()));
    }
    return Accepted{*message(earlier.message), earlier, true};
}

StoreTask<Accepted> MemoryStore::accept(ports::MessageRow row, ports::TurnRow next) {
    const auto* in = session(row.session);
    if (in == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such session");
    CO_TRY(before, accepted_before(in->person, row.idempotency_key, row.session, Asked::first));
    if (before) co_return *std::move(before);
    if (row.role != StoredRole::user || next.id.empty()) {
        co_return base::fail(ErrorCode::invalid_argument,
                             "only a person's message with a turn can be accepted");
    }
    CO_TRY_DO(check_new(row));
    CO_TRY_DO(check_edit(row));
    if (turn(next.id) != nullptr) {
        co_return base::fail(ErrorCode::conflict, "there is a turn with this id already");
    }
    if (const auto* replaced = message(row.replaces)) supersede_from(*replaced);
    row.status = StoredStatus::queued;
    row.superseded = false;
    row.turn = next.id;
    next.session = row.session;
    next.message = row.id;
    next.state = StoredTurnState::queued;
    if (!row.idempotency_key.empty()) {
        keys_[{in->person, row.idempotency_key}] = {next.id, Asked::first};
    }
    turns_.push_back(next);
    store(std::move(row));
    co_return Accepted{*message(next.message), next, false};
}

StoreTask<std::optional<Accepted>> MemoryStore::find_accepted(base::PersonId person,
                                                              std::string key) {
    const auto it = keys_.find({person, key});
    if (it == keys_.end()) co_return std::optional<Accepted>{};
    const auto& earlier = *turn(it->second.turn);
    co_return Accepted{*message(earlier.message), earlier, true};
}

StoreTask<Accepted> MemoryStore::accept_retry(base::MessageId id, ports::TurnRow next,
                                              std::string key) {
    auto* row = message(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such message");
    const auto person = session(row->session)->person;
    CO_TRY(before, accepted_before(person, key, row->session, Asked::again));
    if (before) co_return *std::move(before);
    if (row->role != StoredRole::user || next.id.empty()) {
        co_return base::fail(ErrorCode::invalid_argument,
                             "only a person's message can be answered again, by a turn with an id");
    }
    if (row->superseded) {
        co_return base::fail(ErrorCode::conflict, "the message was replaced");
    }
    if (turn(next.id) != nullptr) {
        co_return base::fail(ErrorCode::conflict, "there is a turn with this id already");
    }
    const bool open = std::ranges::any_of(
        turns_, [&](const auto& other) { return other.message == id && is_open(other.state); });
    if (open) co_return base::fail(ErrorCode::conflict, "the message is still being answered");
    for (auto& reply : messages_) {
        const auto* answered_by = turn(reply.turn);
        if (reply.role != StoredRole::assistant || answered_by == nullptr) continue;
        if (answered_by->message != id || reply.superseded) continue;
        reply.superseded = true;
        drop_summaries(reply.session, reply.seq);
    }
    if (row->status != StoredStatus::complete) row->status = StoredStatus::queued;
    next.session = row->session;
    next.message = id;
    next.state = StoredTurnState::queued;
    if (!key.empty()) keys_[{person, key}] = {next.id, Asked::again};
    turns_.push_back(next);
    touch(row->session, next.created_at);
    co_return Accepted{*row, next, false};
}

StoreTask<void> MemoryStore::start_turn(base::TurnId id, long long now_ms,
                                        std::string volatile_context) {
    auto* row = turn(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such turn");
    if (row->state != StoredTurnState::queued) {
        co_return base::fail(ErrorCode::conflict, "the turn was started already");
    }
    row->state = StoredTurnState::running;
    row->started_at = now_ms;
    auto& asked = *message(row->message);
    asked.volatile_context = std::move(volatile_context);
    leave_queue(asked, StoredStatus::complete);
    co_return base::Result<void>{};
}

StoreTask<void> MemoryStore::save_draft(ports::MessageRow reply) {
    const auto* row = turn(reply.turn);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such turn");
    if (row->state != StoredTurnState::running) {
        co_return base::fail(ErrorCode::conflict, "the turn is not running");
    }
    reply.session = row->session;
    CO_TRY_DO(check_new(reply));
    drafts_[reply.turn] = std::move(reply);
    co_return base::Result<void>{};
}

StoreTask<void> MemoryStore::end_turn(base::TurnId id, StoredTurnState state,
                                      std::optional<ports::MessageRow> reply, long long now_ms) {
    auto* row = turn(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such turn");
    if (is_open(state)) {
        co_return base::fail(ErrorCode::invalid_argument, "a turn cannot end in this state");
    }
    if (!is_open(row->state)) {
        co_return base::fail(ErrorCode::conflict, "the turn has ended already");
    }
    if (reply) {
        if (reply->session.empty()) reply->session = row->session;
        if (reply->session != row->session) {
            co_return base::fail(ErrorCode::conflict, "the reply is of another session");
        }
        if (reply->status == StoredStatus::queued) {
            co_return base::fail(ErrorCode::invalid_argument, "a reply cannot be queued");
        }
        CO_TRY_DO(check_new(*reply));
    }
    row->state = state;
    row->ended_at = now_ms;
    drafts_.erase(id);
    auto& asked = *message(row->message);
    leave_queue(asked, status_after(state));
    touch(row->session, now_ms);
    if (reply) {
        reply->turn = id;
        reply->superseded = asked.superseded;
        store(*std::move(reply));
    }
    co_return base::Result<void>{};
}

StoreTask<std::vector<ports::TurnRow>> MemoryStore::recover(long long now_ms) {
    std::vector<ports::TurnRow> queued;
    for (auto& row : turns_) {
        if (row.state == StoredTurnState::queued) queued.push_back(row);
        if (row.state != StoredTurnState::running) continue;
        row.state = StoredTurnState::interrupted;
        row.ended_at = now_ms;
        const auto draft = drafts_.find(row.id);
        ports::MessageRow reply;
        if (draft != drafts_.end()) {
            reply = std::move(draft->second);
        } else {
            reply.id = base::MessageId::make();
            reply.session = row.session;
            reply.turn = row.id;
            reply.role = StoredRole::assistant;
            reply.created_at = now_ms;
        }
        reply.status = StoredStatus::interrupted;
        reply.superseded = message(row.message)->superseded;
        store(std::move(reply));
    }
    drafts_.clear();
    co_return queued;
}

StoreTask<ports::TurnRow> MemoryStore::get_turn(base::TurnId id) {
    const auto* row = turn(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such turn");
    co_return *row;
}

}  // namespace adapters

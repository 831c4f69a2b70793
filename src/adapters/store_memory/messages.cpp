#include <algorithm>

#include "adapters/store_memory/memory_store.hpp"

namespace adapters {

using base::ErrorCode;
using ports::StoredRole;
using ports::StoredStatus;
using ports::StoredTurnState;
using ports::StoreTask;

ports::MessageRow* MemoryStore::message(const base::MessageId& id) {
    const auto it = std::ranges::find(messages_, id, &ports::MessageRow::id);
    return it == messages_.end() ? nullptr : &*it;
}

long long MemoryStore::next_seq(const base::SessionId& id) const {
    long long last = 0;
    for (const auto& row : messages_) {
        if (row.session == id) last = std::max(last, row.seq);
    }
    return last + 1;
}

base::Result<void> MemoryStore::check_new(const ports::MessageRow& row) {
    if (row.id.empty()) return base::fail(ErrorCode::invalid_argument, "a message needs an id");
    if (session(row.session) == nullptr) {
        return base::fail(ErrorCode::not_found, "there is no such session");
    }
    if (message(row.id) != nullptr) {
        return base::fail(ErrorCode::conflict, "there is a message with this id already");
    }
    if (row.replaces.empty()) return {};
    const auto* replaced = message(row.replaces);
    if (replaced == nullptr) {
        return base::fail(ErrorCode::not_found, "there is no such message to replace");
    }
    if (replaced->session != row.session) {
        return base::fail(ErrorCode::conflict, "the message to replace is of another session");
    }
    return {};
}

base::Result<void> MemoryStore::check_edit(const ports::MessageRow& row) {
    const auto* replaced = message(row.replaces);
    if (replaced == nullptr) return {};
    if (replaced->role != StoredRole::user) {
        return base::fail(ErrorCode::invalid_argument, "only a person's message can be edited");
    }
    if (replaced->superseded) {
        return base::fail(ErrorCode::conflict, "the message was replaced already");
    }
    return {};
}

void MemoryStore::drop_summaries(const base::SessionId& id, long long from_seq) {
    std::erase_if(summaries_, [&](const auto& summary) {
        return summary.session == id && summary.up_to_seq >= from_seq;
    });
}

void MemoryStore::supersede_from(const ports::MessageRow& replaced) {
    const auto id = replaced.session;
    const auto seq = replaced.seq;
    for (auto& row : messages_) {
        if (row.session != id || row.seq < seq) continue;
        row.superseded = true;
        if (row.status == StoredStatus::queued) row.status = StoredStatus::stopped;
        for (auto& turn : turns_) {
            if (turn.message == row.id && turn.state == StoredTurnState::queued) {
                turn.state = StoredTurnState::stopped;
            }
        }
    }
    drop_summaries(id, seq);
}

void MemoryStore::leave_queue(ports::MessageRow& row, StoredStatus status) {
    if (row.status != StoredStatus::queued) return;
    row.status = status;
    const bool overtaken = std::ranges::any_of(messages_, [&](const auto& other) {
        return other.session == row.session && other.seq > row.seq &&
               other.status != StoredStatus::queued;
    });
    if (overtaken) row.seq = next_seq(row.session);
}

void MemoryStore::store(ports::MessageRow row) {
    if (auto* replaced = message(row.replaces)) {
        replaced->superseded = true;
        drop_summaries(replaced->session, replaced->seq);
    }
    row.seq = next_seq(row.session);
    touch(row.session, row.created_at);
    messages_.push_back(std::move(row));
}

StoreTask<std::vector<ports::MessageRow>> MemoryStore::list_messages(ports::MessagePage page) {
    if (page.limit < 1) co_return base::fail(ErrorCode::invalid_argument, "limit must be positive");
    if (session(page.session) == nullptr) {
        co_return base::fail(ErrorCode::not_found, "there is no such session");
    }
    const auto* before = message(page.before);
    if (!page.before.empty() && before == nullptr) {
        co_return base::fail(ErrorCode::not_found, "there is no such message to page from");
    }
    if (before != nullptr && before->session != page.session) {
        co_return base::fail(ErrorCode::conflict, "the message to page from is of another session");
    }
    std::vector<ports::MessageRow> rows;
    for (const auto& row : messages_) {
        if (row.session != page.session) continue;
        if (row.superseded && !page.include_superseded) continue;
        if (before == nullptr || row.seq < before->seq) rows.push_back(row);
    }
    std::ranges::sort(rows, {}, &ports::MessageRow::seq);
    const auto limit = static_cast<std::ptrdiff_t>(page.limit);
    if (std::ssize(rows) > limit) rows.erase(rows.begin(), rows.end() - limit);
    co_return rows;
}

StoreTask<ports::MessageRow> MemoryStore::get_message(base::MessageId id) {
    const auto* row = message(id);
    if (row == nullptr) co_return base::fail(ErrorCode::not_found, "there is no such message");
    co_return *row;
}

StoreTask<ports::MessageRow> MemoryStore::add_message(ports::MessageRow row) {
    CO_TRY_DO(check_new(row));
    if (row.status == StoredStatus::queued) {
        co_return base::fail(ErrorCode::invalid_argument, "only accept() stores waiting messages");
    }
    row.superseded = false;
    const auto id = row.id;
    store(std::move(row));
    co_return *message(id);
}

StoreTask<void> MemoryStore::put_summary(ports::SummaryRow summary) {
    if (session(summary.session) == nullptr) {
        co_return base::fail(ErrorCode::not_found, "there is no such session");
    }
    summaries_.push_back(std::move(summary));
    co_return base::Result<void>{};
}

StoreTask<std::optional<ports::SummaryRow>> MemoryStore::get_summary(base::SessionId id) {
    std::optional<ports::SummaryRow> newest;
    for (const auto& summary : summaries_) {
        if (summary.session == id) newest = summary;
    }
    co_return newest;
}

StoreTask<std::optional<ports::SummaryRow>> MemoryStore::get_model_summary(base::SessionId id) {
    std::optional<ports::SummaryRow> newest;
    for (const auto& summary : summaries_) {
        if (summary.session == id && summary.by == ports::SummaryBy::model) newest = summary;
    }
    co_return newest;
}

}  // namespace adapters

#include "chat/inbox.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/wire.hpp"

namespace chat {
namespace {

// Conversations kept in memory though nothing happens in them; opening one again costs one read.
constexpr std::size_t kKeptOpen = 64;

}  // namespace

Inbox::Inbox(ChatServices& services) : services_(services) {}

async::Task<base::Result<void>> Inbox::recover() {
    auto recovering = services_.store.recover(services_.clock.wall_ms());
    CO_TRY(turns, co_await std::move(recovering));
    for (auto& turn : turns) {
        auto reading = services_.store.get_message(turn.message);
        const auto message = co_await std::move(reading);
        auto getting = services_.store.get_session(turn.session);
        const auto row = co_await std::move(getting);
        if (!message || !row) continue;
        auto finding = find(row->person, turn.session);
        const auto session = co_await std::move(finding);
        if (session) (*session)->resume({*message, turn, row->person});
    }
    if (!turns.empty()) LOG_INFO("chat", "unanswered messages found", {"turns", turns.size()});
    co_return base::Result<void>{};
}

async::Task<base::Result<std::shared_ptr<Session>>> Inbox::find(base::PersonId person,
                                                                base::SessionId id) {
    if (closing_) {
        co_return base::fail(base::ErrorCode::unavailable, "the server is shutting down");
    }
    auto open = open_.find(id);
    if (open == open_.end()) {
        auto reading = services_.store.get_session(id);
        auto row = co_await std::move(reading);
        if (!row) {
            if (row.error().code != base::ErrorCode::not_found) co_return base::fail(row.error());
            co_return base::fail(base::ErrorCode::not_found, "there is no such conversation",
                                 "it may have been deleted");
        }
        const base::PersonId owner = row->person;
        // Another task may have opened it while this one waited.
        open = open_.find(id);
        if (open == open_.end()) {
            auto session = std::make_shared<Session>(services_, std::move(*row));
            unload_unused();
            open = open_.emplace(id, Open{owner, std::move(session)}).first;
        }
    }
    open->second.used = ++uses_;
    if (open->second.person != person) {
        co_return base::fail(base::ErrorCode::not_found, "there is no such conversation",
                             "it may have been deleted");
    }
    co_return open->second.session;
}

void Inbox::unload_unused() {
    if (open_.size() < kKeptOpen) return;
    std::vector<std::pair<unsigned long long, base::SessionId>> unused;
    for (const auto& [id, open] : open_) {
        // Whoever waits for something in it, and each of its own tasks, holds it too.
        const bool held = open.session.use_count() > 1 || open.session->running();
        if (!held) unused.emplace_back(open.used, id);
    }
    std::ranges::sort(unused, {}, &std::pair<unsigned long long, base::SessionId>::first);
    for (const auto& [used, id] : unused) {
        if (open_.size() < kKeptOpen) break;
        open_.erase(id);
    }
}

async::Task<base::Result<ports::SessionRow>> Inbox::create(base::PersonId person,
                                                           std::string channel) {
    ports::SessionRow row;
    row.id = base::SessionId::make();
    row.person = std::move(person);
    row.channel = std::move(channel);
    row.created_at = services_.clock.wall_ms();
    row.updated_at = row.created_at;
    auto creating = services_.store.create_session(std::move(row));
    CO_TRY(created, co_await std::move(creating));
    services_.hub.publish(created.person, {}, protocol::SessionChanged{to_wire(created, false)});
    co_return created;
}

async::Task<base::Result<Receipt>> Inbox::submit(Incoming incoming) {
    const auto meant = incoming.session;
    const base::PersonId person = incoming.person;
    const std::string key = incoming.options.idempotency_key;
    auto placing = place(std::move(incoming));
    CO_TRY(placed, co_await std::move(placing));
    auto finding = find(person, *placed.session);
    CO_TRY(session, co_await std::move(finding));
    make_way();
    auto submitting = session->submit(std::move(placed.text), std::move(placed.options));
    auto receipt = co_await std::move(submitting);
    if (!receipt && receipt.error().code == base::ErrorCode::conflict && meant && !key.empty()) {
        auto looking = accepted_after(person, *meant, key);
        const auto earlier = co_await std::move(looking);
        if (earlier) co_return *earlier;
    }
    co_return receipt;
}

void Inbox::make_way() {
    for (const auto& [id, open] : open_) open.session->make_way();
}

async::Task<base::Result<Receipt>> Inbox::edit(base::PersonId person, base::MessageId message,
                                               std::string text, SubmitOptions options) {
    auto reading = services_.store.get_message(message);
    CO_TRY(row, co_await std::move(reading));
    if (row.role != ports::StoredRole::user) {
        co_return base::fail(base::ErrorCode::invalid_argument,
                             "only messages of the person can be edited");
    }
    auto finding = find(std::move(person), row.session);
    CO_TRY(session, co_await std::move(finding));
    options.replaces = std::move(message);
    make_way();
    auto submitting = session->submit(std::move(text), std::move(options));
    co_return co_await std::move(submitting);
}

async::Task<base::Result<Receipt>> Inbox::retry(base::PersonId person, base::SessionId id,
                                                SubmitOptions options) {
    auto finding = find(std::move(person), std::move(id));
    CO_TRY(session, co_await std::move(finding));
    make_way();
    auto retrying = session->retry(std::move(options));
    co_return co_await std::move(retrying);
}

async::Task<base::Result<void>> Inbox::stop(base::PersonId person, base::SessionId id) {
    auto finding = find(std::move(person), std::move(id));
    CO_TRY(session, co_await std::move(finding));
    auto stopping = session->stop();
    co_return co_await std::move(stopping);
}

async::Task<base::Result<SessionView>> Inbox::view(base::PersonId person, base::SessionId id) {
    auto finding = find(std::move(person), std::move(id));
    CO_TRY(session, co_await std::move(finding));
    auto viewing = session->view();
    co_return co_await std::move(viewing);
}

async::Task<base::Result<std::vector<protocol::Session>>> Inbox::list(base::PersonId person,
                                                                      ports::SessionPage page) {
    page.person = std::move(person);
    auto listing = services_.store.list_sessions(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    std::vector<protocol::Session> sessions;
    for (const auto& row : rows) {
        const auto open = open_.find(row.id);
        sessions.push_back(to_wire(row, open != open_.end() && open->second.session->running()));
    }
    co_return sessions;
}

async::Task<base::Result<protocol::Session>> Inbox::rename(base::PersonId person,
                                                           base::SessionId id, std::string title) {
    if (title.empty() || title.size() > 400 || !base::is_valid_utf8(title)) {
        co_return base::fail(base::ErrorCode::invalid_argument,
                             "a title has 1 to 400 bytes of UTF-8");
    }
    auto finding = find(std::move(person), id);
    CO_TRY(session, co_await std::move(finding));
    auto renaming = services_.store.rename_session(id, std::move(title), ports::TitleBy::person);
    CO_TRY(row, co_await std::move(renaming));
    co_await session->announce();
    co_return to_wire(row, session->running());
}

async::Task<base::Result<void>> Inbox::remove(base::PersonId person, base::SessionId id) {
    auto finding = find(person, id);
    CO_TRY(session, co_await std::move(finding));
    co_await session->close();
    auto purging = services_.store.purge_session(id);
    CO_TRY_DO(co_await std::move(purging));
    open_.erase(id);
    forget_origin(id);
    services_.body.forget(id);
    services_.hub.publish(person, {}, protocol::SessionDeleted{id.str()});
    co_return base::Result<void>{};
}

async::Task<base::Result<void>> Inbox::clear(base::PersonId person, base::SessionId id) {
    auto finding = find(std::move(person), id);
    CO_TRY(session, co_await std::move(finding));
    co_await session->close();
    auto clearing = services_.store.clear_session(id);
    CO_TRY_DO(co_await std::move(clearing));
    // A closed session takes no more tasks: the next use opens a fresh one.
    open_.erase(id);
    forget_origin(id);
    // Whoever shows it sees it empty now, in every window.
    protocol::SessionSnapshot empty;
    empty.session = to_wire(session->row(), false);
    empty.session.message_count = 0;
    empty.session.preview.clear();
    services_.hub.publish(session->row().person, id, std::move(empty));
    co_await session->announce();
    co_return base::Result<void>{};
}

async::Task<void> Inbox::close() {
    closing_ = true;
    for (auto& [id, open] : open_) co_await open.session->close();
    open_.clear();
}

std::size_t Inbox::running_turns() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        open_, [](const auto& item) { return item.second.session->running(); }));
}

}  // namespace chat

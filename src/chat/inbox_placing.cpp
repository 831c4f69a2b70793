// Inbox: in which conversation a message goes, and conversations that go on from others.
#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "chat/inbox.hpp"
#include "chat/summary.hpp"
#include "chat/wire.hpp"

namespace chat {
namespace {

// So long a surface may take to hear that its conversation was exchanged for a new one.
constexpr std::chrono::seconds kFollow{5};

}  // namespace

async::Task<base::Result<Incoming>> Inbox::place(Incoming incoming) {
    if (incoming.placed) co_return incoming;
    incoming.placed = true;
    const auto command = command_of(incoming.text);
    const std::string key = incoming.options.idempotency_key;
    if ((!incoming.session || command) && !key.empty()) {
        // Sent again: whoever lost the answer does not know the conversation; the key does.
        auto looking = services_.store.find_accepted(incoming.person, key);
        CO_TRY(earlier, co_await std::move(looking));
        if (earlier) {
            incoming.session = earlier->message.session;
            co_return incoming;
        }
    }
    if (command && *command != Command::stats && *command != Command::help) {
        auto placing = place_command(incoming, *command);
        CO_TRY(id, co_await std::move(placing));
        incoming.session = id;
        co_return incoming;
    }
    if (!incoming.session) {
        auto creating = create(incoming.person, incoming.channel);
        CO_TRY(row, co_await std::move(creating));
        incoming.session = row.id;
        co_return incoming;
    }
    auto choosing = current_of(incoming.person, *incoming.session);
    CO_TRY(id, co_await std::move(choosing));
    incoming.session = id;
    co_return incoming;
}

async::Task<base::Result<base::SessionId>> Inbox::place_command(Incoming incoming,
                                                                Command command) {
    auto before = incoming.session;
    if (!before && command == Command::reset) {
        auto looking = newest_of(incoming.person);
        const auto newest = co_await std::move(looking);
        if (newest) before = newest->id;
    }
    if (before && command == Command::reset) {
        auto finding = find(incoming.person, *before);
        CO_TRY(session, co_await std::move(finding));
        auto following = go_on_from(session->row(), ResetCause::asked);
        CO_TRY(row, co_await std::move(following));
        co_return row.id;
    }
    if (before && command == Command::clear) {
        auto clearing = clear(incoming.person, *before);
        CO_TRY_DO(co_await std::move(clearing));
        co_return *before;
    }
    auto creating = create(incoming.person, incoming.channel);
    CO_TRY(row, co_await std::move(creating));
    co_return row.id;
}

async::Task<base::Result<base::SessionId>> Inbox::current_of(base::PersonId person,
                                                             base::SessionId id) {
    if (!services_.options.reset.any()) co_return id;
    auto finding = find(person, id);
    CO_TRY(session, co_await std::move(finding));
    const auto guard = co_await exchanging_.lock();
    auto looking = standing_of(std::move(person), std::move(session));
    auto standing = co_await std::move(looking);
    if (standing.moved) co_return *standing.moved;
    if (standing.cause == ResetCause::none) co_return id;
    auto following = go_on_from(std::move(standing.row), standing.cause);
    CO_TRY(row, co_await std::move(following));
    exchanged_[id] = {row.id, services_.clock.steady()};
    co_return row.id;
}

async::Task<Inbox::Standing> Inbox::standing_of(base::PersonId person,
                                                std::shared_ptr<Session> session) {
    const auto& rule = services_.options.reset;
    if (!rule.any()) co_return Standing{};
    std::erase_if(exchanged_, [&](const auto& entry) {
        return services_.clock.steady() - entry.second.at > kFollow;
    });
    const base::SessionId id = session->row().id;
    if (const auto known = exchanged_.find(id); known != exchanged_.end()) {
        co_return Standing{known->second.to, ResetCause::none, {}};
    }
    auto looking = newest_of(std::move(person));
    auto newest = co_await std::move(looking);
    const bool here = newest && newest->id == id && newest->message_count > 0;
    if (!here || session->running()) co_return Standing{};
    const auto cause = reset_due(rule, newest->updated_at, services_.clock.wall_ms());
    co_return Standing{{}, cause, std::move(*newest)};
}

async::Task<std::optional<ports::SessionRow>> Inbox::newest_of(base::PersonId person) {
    ports::SessionPage page;
    page.person = std::move(person);
    page.limit = 1;
    auto listing = services_.store.list_sessions(std::move(page));
    auto rows = co_await std::move(listing);
    if (!rows || rows->empty()) co_return std::nullopt;
    co_return std::move(rows->front());
}

async::Task<base::Result<ports::SessionRow>> Inbox::go_on_from(ports::SessionRow before,
                                                               ResetCause cause) {
    make_way();
    auto settling = settle_summary(services_, before);
    co_await std::move(settling);
    ports::MessagePage page;
    page.session = before.id;
    page.limit = 1;
    auto listing = services_.store.list_messages(std::move(page));
    CO_TRY(last, co_await std::move(listing));
    const long long now = services_.clock.wall_ms();
    ports::SessionRow row;
    row.id = base::SessionId::make();
    row.person = before.person;
    row.agent = before.agent;
    row.channel = before.channel;
    row.created_at = now;
    row.updated_at = now;
    if (!last.empty()) {
        row.continues = before.id;
        row.continues_seq = last.front().seq;
    }
    auto creating = services_.store.create_session(std::move(row));
    CO_TRY(created, co_await std::move(creating));
    services_.hub.publish(created.person, {}, protocol::SessionChanged{to_wire(created, false)});
    if (last.empty()) co_return created;
    const std::string text = reset_notice(cause, now - before.updated_at);
    protocol::Action action{"open_session", "Open that one", before.id.str()};
    if (cause != ResetCause::asked) {
        // Kept, so that whoever opens the conversation later knows how it began.
        ports::MessageRow notice;
        notice.id = base::MessageId::make();
        notice.session = created.id;
        notice.role = ports::StoredRole::notice;
        notice.content = text;
        notice.created_at = now;
        auto adding = services_.store.add_message(std::move(notice));
        const auto added = co_await std::move(adding);
        if (!added) LOG_WARN("chat", "cannot store a notice", {"reason", added.error().message});
    }
    LOG_INFO("chat", "a conversation goes on in a new one", {"before", before.id.str()},
             {"session", created.id.str()});
    services_.hub.publish(created.person, {},
                          protocol::Notice{created.id.str(), "info", text, std::move(action)});
    co_return created;
}

async::Task<base::Result<ports::SessionRow>> Inbox::reset(base::PersonId person,
                                                          base::SessionId id) {
    auto finding = find(std::move(person), std::move(id));
    CO_TRY(session, co_await std::move(finding));
    auto following = go_on_from(session->row(), ResetCause::asked);
    co_return co_await std::move(following);
}

async::Task<std::optional<Receipt>> Inbox::accepted_after(base::PersonId person,
                                                          base::SessionId before, std::string key) {
    auto looking = services_.store.find_accepted(std::move(person), std::move(key));
    const auto earlier = co_await std::move(looking);
    if (!earlier || !*earlier) co_return std::nullopt;
    auto reading = services_.store.get_session((**earlier).message.session);
    const auto row = co_await std::move(reading);
    if (!row || row->continues != before) co_return std::nullopt;
    co_return Receipt{(**earlier).message, (**earlier).turn, 0, true, false};
}

void Inbox::forget_origin(const base::SessionId& id) {
    for (const auto& [other, open] : open_) {
        if (open.session->row().continues == id) open.session->lose_origin();
    }
}

}  // namespace chat

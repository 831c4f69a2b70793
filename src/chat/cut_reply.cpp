// Of a spoken reply history keeps what was heard.
#include "chat/inbox.hpp"
#include "chat/wire.hpp"

namespace chat {

async::Task<base::Result<void>> Session::cut_reply(base::MessageId reply, std::string heard) {
    const auto guard = co_await writing_.lock();
    auto reading = services_.store.get_message(reply);
    CO_TRY(row, co_await std::move(reading));
    if (row.session != row_.id || row.role != ports::StoredRole::assistant) {
        co_return base::fail(base::ErrorCode::not_found, "there is no such reply here");
    }
    if (row.superseded) {
        co_return base::fail(base::ErrorCode::conflict, "the reply was replaced meanwhile");
    }
    const long long place = row.seq;
    ports::MessageRow cut = std::move(row);
    cut.id = base::MessageId::make();
    cut.replaces = reply;
    cut.seq = 0;
    cut.status = ports::StoredStatus::interrupted;
    cut.content = std::move(heard);
    cut.idempotency_key.clear();
    cut.created_at = services_.clock.wall_ms();
    auto adding = services_.store.add_message(std::move(cut));
    CO_TRY(kept, co_await std::move(adding));
    read_again();
    window_.edited_from(place);
    publish(protocol::TurnEnded{
        row_.id.str(), kept.turn.str(), protocol::TurnState::interrupted, to_wire(kept), {}});
    co_return base::Result<void>{};
}

async::Task<base::Result<void>> Inbox::cut_reply(base::PersonId person, base::SessionId id,
                                                 base::MessageId reply, std::string heard) {
    auto finding = find(std::move(person), std::move(id));
    CO_TRY(session, co_await std::move(finding));
    auto cutting = session->cut_reply(std::move(reply), std::move(heard));
    co_return co_await std::move(cutting);
}

}  // namespace chat

// Turn: what of it is stored and shown, and that neither happens before its message is stored.
#include <utility>

#include "base/log.hpp"
#include "chat/turn.hpp"
#include "chat/turn_states.hpp"
#include "chat/wire.hpp"
#include "json/describe.hpp"
#include "protocol/codec.hpp"

namespace chat {
namespace {

async::Task<void> store_start(ports::Store& store, base::TurnId turn, long long now,
                              std::string context) {
    auto starting = store.start_turn(turn, now, std::move(context));
    const auto started = co_await std::move(starting);
    if (!started) {
        LOG_WARN("chat", "cannot mark the turn as running", {"turn", turn.str()},
                 {"reason", started.error().message});
    }
}

async::Task<void> store_draft(ports::Store& store, ports::MessageRow reply) {
    auto saving = store.save_draft(std::move(reply));
    const auto saved = co_await std::move(saving);
    if (!saved) LOG_WARN("chat", "cannot keep a draft", {"reason", saved.error().message});
}

}  // namespace

async::Task<bool> Turn::stored() const {
    if (!job_.acceptance) co_return true;
    const auto acceptance = job_.acceptance;
    auto waiting = acceptance->settled();
    co_return co_await std::move(waiting);
}

bool Turn::shown() const {
    return !job_.acceptance || job_.acceptance->state() == Acceptance::State::accepted;
}

void Turn::accepted(const ports::MessageRow& message) {
    job_.message.status = message.status;
    job_.message.created_at = message.created_at;
    // Before the turn goes on: its end must reach the store behind its start.
    if (started_context_) store_start_of(*std::exchange(started_context_, std::nullopt));
    job_.acceptance->accept();
    for (auto& event : std::exchange(held_, {})) publish(std::move(event));
}

void Turn::mark_started(std::string context) {
    if (shown()) {
        store_start_of(std::move(context));
    } else {
        started_context_ = std::move(context);
    }
}

// Not awaited: the store writes in order, so the end of the turn comes after it.
void Turn::store_start_of(std::string context) {
    async::spawn_detached(
        services_.executor, "start turn",
        store_start(services_.store, job_.turn.id, services_.clock.wall_ms(), std::move(context)));
}

void Turn::keep_draft() {
    const auto now = services_.clock.steady();
    if (!shown() || now - last_draft_ < services_.options.draft_interval) return;
    last_draft_ = now;
    detail_.directions = body_.kept(text_);
    async::spawn_detached(services_.executor, "draft", store_draft(services_.store, reply_row()));
}

ports::MessageRow Turn::reply_row() const {
    ports::MessageRow row;
    row.id = reply_id_;
    row.session = job_.message.session;
    row.turn = job_.turn.id;
    row.role = ports::StoredRole::assistant;
    row.status = status_of_reply(state_);
    row.content = text_;
    row.reasoning = reasoning_;
    row.detail_json = json::write(json::from(detail_));
    if (error_) row.error_json = json::write(json::from(*error_));
    row.created_at = services_.clock.wall_ms();
    return row;
}

async::Task<std::optional<ports::MessageRow>> Turn::store_end() {
    std::optional<ports::MessageRow> reply;
    // A typed message that was stopped before the first word says so where its reply would stand,
    // as does one that the server's end interrupted; who speaks on before they are answered has
    // stopped nothing.
    const bool marked = state_ == protocol::TurnState::interrupted ||
                        (state_ == protocol::TurnState::stopped && !job_.spoken);
    if (!text_.empty() || !reasoning_.empty() || error_ || marked) reply = reply_row();
    auto ending =
        services_.store.end_turn(job_.turn.id, to_stored(state_), reply, services_.clock.wall_ms());
    const auto ended = co_await std::move(ending);
    protocol::TurnEnded event{job_.message.session.str(), job_.turn.id.str(), state_, {}, {}};
    if (error_ && !error_->message.empty()) event.error = error_;
    if (reply) event.message = to_wire(*reply);
    if (!ended) {
        LOG_ERROR("chat", "cannot store a reply", {"request", job_.request.str()},
                  {"turn", job_.turn.id.str()}, {"reason", ended.error().message});
        event.error = protocol::to_error_info(
            base::Error(ended.error()).within("the reply could not be stored"));
    }
    LOG_INFO("chat", "turn ended", {"request", job_.request.str()}, {"turn", job_.turn.id.str()},
             {"state", boost::describe::enum_to_string(state_, "?")},
             {"ms", detail_.total_ms.value_or(since_start_ms())});
    publish(std::move(event));
    co_return reply;
}

void Turn::publish(protocol::Event event) {
    if (!shown()) {
        held_.push_back(std::move(event));
        return;
    }
    services_.hub.publish(job_.person, job_.message.session, std::move(event));
}

}  // namespace chat

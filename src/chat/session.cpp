#include "chat/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/reflex_arguments.hpp"
#include "chat/summary.hpp"
#include "chat/turn_log.hpp"
#include "chat/wire.hpp"

namespace chat {
Session::Session(ChatServices& services, ports::SessionRow row)
    : services_(services), row_(std::move(row)), tasks_(services.executor) {}

base::Result<void> Session::check(const std::string& text) const {
    if (!base::is_valid_utf8(text)) {
        return base::fail(base::ErrorCode::invalid_argument, "the message is not valid UTF-8",
                          "send the text as UTF-8");
    }
    if (base::trim(text).empty()) {
        return base::fail(base::ErrorCode::invalid_argument, "the message is empty");
    }
    const auto chars = static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    if (chars > services_.options.max_message_chars) {
        return base::fail(base::ErrorCode::too_large,
                          fmt::format("the message has {} characters, the limit is {}", chars,
                                      services_.options.max_message_chars),
                          "shorten it or send it in parts (limits.message_chars)");
    }
    if (queue_.size() >= services_.options.max_queue) {
        return base::fail(base::ErrorCode::rate_limited,
                          fmt::format("{} messages are already waiting", queue_.size()),
                          "wait for the replies or press stop");
    }
    return {};
}

bool Session::is_stop_phrase(const std::string& text) const {
    const std::string wording = normalise_wording(text);
    return std::ranges::any_of(services_.options.stop_phrases, [&](const auto& phrase) {
        return normalise_wording(phrase) == wording;
    });
}

async::Task<base::Result<Receipt>> Session::submit(std::string text, SubmitOptions options) {
    CO_TRY_DO(check(text));
    const bool stops = running() && options.replaces.empty() && is_stop_phrase(text);
    // At once: storing comes after, because people press stop when they want silence.
    if (stops || options.steer || services_.options.queue_mode == QueueMode::steer ||
        !options.replaces.empty()) {
        if (current_) stop_current_.request_stop();
    }
    const auto guard = co_await writing_.lock();
    if (stops || !options.replaces.empty()) co_await drop_queue();

    ports::MessageRow message;
    message.id = base::MessageId::make();
    message.session = row_.id;
    message.role = ports::StoredRole::user;
    message.status = ports::StoredStatus::queued;
    message.content = std::move(text);
    message.replaces = options.replaces;
    message.idempotency_key = options.idempotency_key;
    message.created_at = services_.clock.wall_ms();
    ports::TurnRow turn;
    turn.id = base::TurnId::make();
    turn.session = row_.id;
    turn.message = message.id;
    turn.model = options.model;
    turn.created_at = message.created_at;
    message.turn = turn.id;
    std::shared_ptr<Acceptance> early;
    if (!running() && queue_.empty() && !stops && options.replaces.empty()) {
        early = begin_early({message, turn, row_.person, options.request, {}, options.spoken});
    }
    auto accepting = services_.store.accept(std::move(message), std::move(turn));
    auto stored = co_await std::move(accepting);
    if (early) settle_early(early, stored);
    CO_TRY(accepted, std::move(stored));

    Receipt receipt{accepted.message, accepted.turn, 0, accepted.duplicate, stops};
    if (accepted.duplicate) co_return receipt;
    if (!options.replaces.empty()) {
        const auto* edited = find_row(history_, options.replaces);
        window_.edited_from(edited == nullptr ? 0 : edited->seq);
        read_again();
    }
    if (early) {
        log_accepted(receipt, options.request);
        co_return receipt;
    }
    receipt.position = stops ? 0 : static_cast<int>(queue_.size()) + (running() ? 1 : 0);
    publish(protocol::MessageAccepted{to_wire(accepted.message), receipt.position});
    if (stops) {
        auto ending = services_.store.end_turn(accepted.turn.id, ports::StoredTurnState::done,
                                               std::nullopt, services_.clock.wall_ms());
        const auto ended = co_await std::move(ending);
        read_again();
        if (!ended) co_return base::fail(ended.error());
        co_return receipt;
    }
    log_accepted(receipt, options.request);
    enqueue({accepted.message, accepted.turn, row_.person, options.request, {}, options.spoken});
    co_return receipt;
}

async::Task<base::Result<Receipt>> Session::retry(SubmitOptions options) {
    if (running()) {
        co_return base::fail(base::ErrorCode::conflict, "a reply is still running",
                             "stop it first");
    }
    const auto guard = co_await writing_.lock();
    read_again();
    CO_TRY_DO(co_await load_history());
    if (!options.instead_of.empty() &&
        (history_.empty() || history_.back()->id != options.instead_of)) {
        co_return base::fail(base::ErrorCode::conflict, "the conversation has moved on");
    }
    const auto asked = std::ranges::find_if(history_.rbegin(), history_.rend(), [](const auto& m) {
        return m->role == ports::StoredRole::user;
    });
    if (asked == history_.rend()) {
        co_return base::fail(base::ErrorCode::not_found, "there is nothing to answer again");
    }
    ports::TurnRow turn;
    turn.id = base::TurnId::make();
    turn.session = row_.id;
    turn.message = (*asked)->id;
    turn.model = options.model;
    turn.created_at = services_.clock.wall_ms();
    auto accepting =
        services_.store.accept_retry((*asked)->id, std::move(turn), options.idempotency_key);
    CO_TRY(accepted, co_await std::move(accepting));
    Receipt receipt{accepted.message, accepted.turn, 0, accepted.duplicate, false};
    if (accepted.duplicate) co_return receipt;
    read_again();
    publish(protocol::MessageAccepted{to_wire(accepted.message), 0});
    log_accepted(receipt, options.request);
    enqueue({accepted.message, accepted.turn, row_.person, options.request});
    co_return receipt;
}

async::Task<base::Result<void>> Session::stop() {
    if (current_) stop_current_.request_stop();
    const auto guard = co_await writing_.lock();
    co_await drop_queue();
    co_return base::Result<void>{};
}

void Session::resume(TurnJob job) {
    enqueue(std::move(job));
}

void Session::lose_origin() {
    row_.continues = {};
    row_.continues_seq = 0;
    carried_.clear();
    window_.reset();
}

void Session::enqueue(TurnJob job) {
    stop_resting_.request_stop();
    stop_preparing_.request_stop();
    make_way();
    queue_.push_back(std::move(job));
    if (running()) publish_queue();
    if (driving_) return;
    driving_ = true;
    tasks_.spawn("session", drive());
}

std::shared_ptr<Acceptance> Session::begin_early(TurnJob job) {
    auto early = std::make_shared<Acceptance>();
    job.acceptance = early;
    enqueue(std::move(job));
    return early;
}

void Session::settle_early(const std::shared_ptr<Acceptance>& early,
                           const base::Result<ports::Accepted>& accepted) {
    const bool fresh = accepted && !accepted->duplicate;
    if (fresh) publish(protocol::MessageAccepted{to_wire(accepted->message), 0});
    if (current_ && current_->job().acceptance == early) {
        if (fresh) {
            publish_queue();
            current_->accepted(accepted->message);
        } else {
            early->refuse();
            stop_current_.request_stop();
        }
        return;
    }
    // It did not get as far as to begin.
    if (fresh) {
        publish_queue();
        early->accept();
    } else {
        early->refuse();
        std::erase_if(queue_, [&](const auto& job) { return job.acceptance == early; });
    }
}

async::Task<void> Session::drive() {
    const auto self = shared_from_this();
    while (!queue_.empty()) co_await run_next();
    driving_ = false;
    co_await announce();
}

async::Task<void> Session::run_next() {
    TurnJob job = std::move(queue_.front());
    queue_.pop_front();
    if (services_.options.queue_mode == QueueMode::collect) co_await collect_waiting(job);
    const bool early = job.acceptance && job.acceptance->state() == Acceptance::State::open;
    if (!early) publish_queue();
    const auto loaded = co_await load_history();
    if (!loaded) {
        LOG_WARN("chat", "cannot read the conversation", {"reason", loaded.error().message});
    }
    if (job.acceptance && job.acceptance->state() == Acceptance::State::refused) {
        read_again();
        co_return;
    }
    Past past = past_of(job);
    std::erase_if(history_, [&](const auto& row) { return row->id == job.message.id; });
    job.message.seq = next_seq();
    stop_current_ = std::stop_source();
    turn_over_.reset();
    current_ = std::make_unique<Turn>(services_, job);
    auto running = current_->run(std::move(past), window_, stop_current_.get_token());
    auto reply = co_await std::move(running);
    if (!current_->shown()) {
        current_.reset();
        turn_over_.set();
        read_again();
        co_return;
    }
    // As the store keeps it: the message takes its place when its turn starts, the reply behind it.
    ports::MessageRow asked = current_->job().message;
    asked.status = ports::StoredStatus::complete;
    history_.push_back(to_row(std::move(asked)));
    if (reply) {
        reply->seq = next_seq();
        history_.push_back(to_row(std::move(*reply)));
    }
    const auto summarise_before = current_->summarise_before();
    const auto route = current_->route();
    const auto request = current_->job().request;
    current_.reset();
    turn_over_.set();
    tasks_.spawn("after turn", after_turn(summarise_before, route, request));
}

async::Task<void> Session::collect_waiting(TurnJob& job) {
    while (!queue_.empty()) {
        // Answered together with the newest: its own turn ends without a reply.
        auto ending = services_.store.end_turn(job.turn.id, ports::StoredTurnState::done,
                                               std::nullopt, services_.clock.wall_ms());
        const auto ended = co_await std::move(ending);
        if (!ended) LOG_WARN("chat", "cannot end a turn", {"reason", ended.error().message});
        job = std::move(queue_.front());
        queue_.pop_front();
        read_again();
    }
}

async::Task<void> Session::drop_queue() {
    if (queue_.empty()) co_return;
    const auto dropped = std::exchange(queue_, {});
    publish_queue();
    // The reply that is being stopped takes its place before them.
    if (current_) {
        const bool over = co_await turn_over_.wait(tasks_.stop_token());
        static_cast<void>(over);
    }
    read_again();
    for (const auto& job : dropped) {
        auto ending = services_.store.end_turn(job.turn.id, ports::StoredTurnState::stopped,
                                               std::nullopt, services_.clock.wall_ms());
        const auto ended = co_await std::move(ending);
        if (!ended) LOG_WARN("chat", "cannot end a turn", {"reason", ended.error().message});
        publish(protocol::TurnEnded{
            row_.id.str(), job.turn.id.str(), protocol::TurnState::stopped, {}, {}});
    }
}

async::Task<base::Result<void>> Session::load_history() {
    if (!carried_loaded_) {
        auto carrying = carried_messages(services_, row_);
        carried_ = to_rows(co_await std::move(carrying));
        carried_loaded_ = true;
    }
    if (history_loaded_) co_return base::Result<void>{};
    history_loaded_ = true;  // unless it changes again while it is read
    ports::MessagePage page;
    page.session = row_.id;
    page.limit = kHistoryLimit;
    auto listing = services_.store.list_messages(std::move(page));
    auto rows = co_await std::move(listing);
    if (!rows) {
        read_again();
        co_return base::fail(rows.error());
    }
    history_ = to_rows(std::move(*rows));
    cut_off_ = history_.size() == static_cast<std::size_t>(kHistoryLimit);
    co_return base::Result<void>{};
}

Past Session::past_of(const TurnJob& job) const {
    Past past{carried_, row_.continues, cut_off_};
    past.rows.reserve(carried_.size() + history_.size());
    for (const auto& row : history_) {
        if (row->id == job.message.id) continue;
        const bool waits = std::ranges::any_of(
            queue_, [&](const auto& waiting) { return waiting.message.id == row->id; });
        if (!waits) past.rows.push_back(row);
    }
    return past;
}

long long Session::next_seq() const {
    return history_.empty() ? 1 : history_.back()->seq + 1;
}

async::Task<void> Session::announce() {
    auto reading = services_.store.get_session(row_.id);
    const auto fresh = co_await std::move(reading);
    if (!fresh) co_return;  // purged meanwhile
    row_ = *fresh;
    services_.hub.publish(row_.person, {}, protocol::SessionChanged{to_wire(row_, running())});
}

async::Task<base::Result<SessionView>> Session::view() {
    SessionView view;
    ports::MessagePage page;
    page.session = row_.id;
    page.limit = 101;
    auto listing = services_.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    // From here on nothing is awaited, so the parts fit together.
    view.has_more = rows.size() > 100;
    if (view.has_more) rows.erase(rows.begin());
    view.messages = std::move(rows);
    view.row = row_;
    if (current_ && current_->shown()) {
        view.running = current_->running();
        // Its draft or its stored end is the running text itself.
        std::erase_if(view.messages,
                      [&](const auto& row) { return row.id.str() == view.running->message_id; });
    }
    for (const auto& job : queue_) view.queued.push_back(job.message.id);
    if (row_.title.empty() && !running() && !view.messages.empty() && !view.has_more)
        tasks_.spawn("title", name_late(to_rows(view.messages)));
    co_return view;
}

async::Task<void> Session::close() {
    if (current_) {
        current_->server_ends();
        stop_current_.request_stop();
    }
    stop_resting_.request_stop();
    stop_tidying_.request_stop();
    stop_preparing_.request_stop();
    queue_.clear();
    co_await tasks_.close();
}

void Session::publish(protocol::Event event) {
    services_.hub.publish(row_.person, row_.id, std::move(event));
}

void Session::publish_queue() {
    protocol::QueueChanged event{row_.id.str(), {}};
    for (const auto& job : queue_) event.queued.push_back(job.message.id.str());
    publish(std::move(event));
}

}  // namespace chat

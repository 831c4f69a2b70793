// The WebSocket of the page: hello, snapshot or resume, then commands in and events out.
#include <set>
#include <utility>

#include "api/app/rows.hpp"
#include "base/log.hpp"
#include "chat/wire.hpp"
#include "protocol/codec.hpp"

namespace app {
namespace {

constexpr int kLoginNeeded = 4001;
constexpr int kPageIsStale = 4002;
constexpr int kBadHello = 4003;
constexpr int kMaxSnapshotTries = 5;

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(AppContext& context, std::shared_ptr<http::WebSocket> socket)
        : context_(context), socket_(std::move(socket)) {}

    async::Task<void> run() {
        const auto self = shared_from_this();
        auto greeting = greet();
        const bool welcome = co_await std::move(greeting);
        while (welcome) {
            auto reading = socket_->read();
            const auto text = co_await std::move(reading);
            if (!text) break;
            co_await handle(*text);
        }
        subscription_.reset();
        context_.chat.body.remove_stage(socket_->request().id.str());
    }

private:
    [[nodiscard]] async::Task<bool> greet() {
        auto reading = socket_->read();
        const auto text = co_await std::move(reading);
        if (!text) co_return false;
        auto command = protocol::decode_command(*text);
        const auto* hello = command ? std::get_if<protocol::Hello>(&*command) : nullptr;
        if (hello == nullptr) {
            socket_->close(kBadHello, "the first message must be hello");
            co_return false;
        }
        const bool admitted = context_.auth.admits(socket_->request()) ||
                              (hello->token && context_.auth.accepts(*hello->token));
        if (!admitted) {
            socket_->close(kLoginNeeded, "log in first");
            co_return false;
        }
        const bool stale = hello->protocol != protocol::kProtocolVersion;
        if (stale) {
            socket_->close(kPageIsStale, "reload the page");
            co_return false;
        }
        const protocol::Hello first = *hello;
        co_await start(first);
        co_return true;
    }

    async::Task<void> start(protocol::Hello hello) {
        auto& hub = context_.chat.hub;
        const bool known = hello.epoch && *hello.epoch == hub.epoch() && hello.last_seq;
        auto missed = known ? hub.since(*hello.last_seq)
                            : std::optional<std::vector<std::shared_ptr<const chat::Kept>>>();
        protocol::Ready ready;
        ready.protocol = protocol::kProtocolVersion;
        ready.version = context_.version;
        ready.epoch = hub.epoch();
        ready.resumed = missed.has_value();
        ready.subsystems = context_.status.all();
        ready.models = context_.models.cards();
        ready.offers = context_.models.offers();
        ready.welcome = context_.house.welcome();
        if (missed) {
            // No await from here to the subscription: nothing falls between.
            if (hello.session_id) opened_.insert(*hello.session_id);
            reply(std::move(ready), *hello.last_seq);
            begin();
            for (const auto& item : *missed) {
                if (concerns(item->person, item->session)) send(item->text);
            }
            subscribe();
            co_return;
        }
        subscribe();
        auto listing = context_.inbox.list(Auth::owner(), {});
        auto sessions = co_await std::move(listing);
        if (sessions) ready.sessions = std::move(*sessions);
        reply(std::move(ready), hub.last_seq());
        begin();
        if (hello.session_id) co_await open(*hello.session_id);
    }

    // Events that came while `ready` was being made go out behind it.
    void begin() {
        started_ = true;
        for (const auto& item : std::exchange(early_, {})) send(item->text);
    }

    void subscribe() {
        subscription_ = context_.chat.hub.subscribe([weak = weak_from_this()](const auto& item) {
            if (const auto self = weak.lock()) self->pass_on(item);
        });
    }

    [[nodiscard]] bool concerns(const base::PersonId& person,
                                const base::SessionId& session) const {
        if (!person.empty() && person != Auth::owner()) return false;
        return session.empty() || opened_.contains(session.str());
    }

    void pass_on(const std::shared_ptr<const chat::Published>& item) {
        if (!concerns(item->person, item->session)) return;
        if (!item->session.empty()) {
            const bool delta = std::holds_alternative<protocol::ReplyDelta>(item->event) ||
                               std::holds_alternative<protocol::ReasoningDelta>(item->event);
            if (!delta) ++changes_;
        }
        if (started_) {
            send(item->text);
        } else {
            early_.push_back(item);
        }
    }

    void send(std::string text) {
        const bool queued = socket_->send(std::move(text));
        if (!queued) subscription_.reset();  // closing: the client comes back and resumes
    }

    void reply(protocol::Event event, long long seq) { send(protocol::encode_text(event, seq)); }

    async::Task<void> open(std::string id) {
        // Live events flow while the snapshot is read; one that they overtook is read again.
        opened_.clear();
        opened_.insert(id);
        for (int tries = 0; tries < kMaxSnapshotTries; ++tries) {
            const auto before = changes_;
            auto viewing = context_.inbox.view(Auth::owner(), base::SessionId(id));
            auto view = co_await std::move(viewing);
            if (!view) {
                opened_.erase(id);
                refuse("session.open", {}, view.error());
                co_return;
            }
            auto standing = context_.chat.body.state(base::SessionId(id));
            auto state = co_await std::move(standing);
            if (changes_ != before && tries + 1 < kMaxSnapshotTries) continue;
            protocol::SessionSnapshot snapshot;
            snapshot.body = std::move(state);
            snapshot.session = chat::to_wire(view->row, view->running.has_value());
            for (const auto& row : view->messages) snapshot.messages.push_back(chat::to_wire(row));
            snapshot.has_more = view->has_more;
            snapshot.running = std::move(view->running);
            for (const auto& queued : view->queued) snapshot.queued.push_back(queued.str());
            reply(std::move(snapshot), context_.chat.hub.last_seq());
            co_return;
        }
    }

    void refuse(std::string command, std::optional<std::string> key, const base::Error& error) {
        protocol::CommandFailed event{std::move(command), std::move(key),
                                      protocol::to_error_info(error)};
        reply(std::move(event), context_.chat.hub.last_seq());
    }

    // A command that starts work has an id of its own, as a request has.
    [[nodiscard]] base::RequestId new_request(std::string_view command) const {
        auto id = base::RequestId::make();
        LOG_INFO("socket", "command", {"request", id.str()}, {"type", command},
                 {"socket", socket_->request().id.str()});
        return id;
    }

    [[nodiscard]] bool may_say(const std::string& command, const std::string& key) {
        const auto allowed = context_.intake.take_message(Auth::owner(), "web");
        if (!allowed) refuse(command, key, allowed.error());
        return allowed.has_value();
    }

    // What a stage says; false: it is another command.
    [[nodiscard]] bool hear_stage(const protocol::Command& command) {
        const std::string id = socket_->request().id.str();
        if (const auto* stage = std::get_if<protocol::BodyStage>(&command)) {
            context_.chat.body.put_stage(id, *stage);
            return true;
        }
        const auto* ack = std::get_if<protocol::BodyAck>(&command);
        if (ack != nullptr) context_.chat.body.acknowledge(id, *ack);
        return ack != nullptr;
    }

    async::Task<void> handle(std::string text) {
        auto command = protocol::decode_command(text);
        if (!command) {
            refuse("", {}, command.error());
            co_return;
        }
        if (hear_stage(*command)) co_return;
        const std::string type(protocol::type_of(*command));
        if (std::holds_alternative<protocol::Ping>(*command)) {
            reply(protocol::Pong{}, context_.chat.hub.last_seq());
        } else if (const auto* opening = std::get_if<protocol::OpenSession>(&*command)) {
            co_await open(opening->session_id);
        } else if (const auto* stop = std::get_if<protocol::StopTurn>(&*command)) {
            auto stopping = context_.inbox.stop(Auth::owner(), base::SessionId(stop->session_id));
            const auto stopped = co_await std::move(stopping);
            if (!stopped) refuse(type, {}, stopped.error());
        } else if (const auto* sent = std::get_if<protocol::SendMessage>(&*command)) {
            if (!may_say(type, sent->idempotency_key)) co_return;
            const protocol::SendMessage message = *sent;
            co_await submit(message);
        } else if (const auto* edit = std::get_if<protocol::EditMessage>(&*command)) {
            const std::string key = edit->idempotency_key;
            if (!may_say(type, key)) co_return;
            chat::SubmitOptions options;
            options.idempotency_key = key;
            options.request = new_request(type);
            auto editing = context_.inbox.edit(Auth::owner(), base::MessageId(edit->message_id),
                                               edit->text, std::move(options));
            const auto receipt = co_await std::move(editing);
            if (!receipt) refuse(type, key, receipt.error());
        } else if (const auto* retry = std::get_if<protocol::RetryTurn>(&*command)) {
            const std::string key = retry->idempotency_key;
            if (!may_say(type, key)) co_return;
            chat::SubmitOptions options;
            options.idempotency_key = key;
            options.request = new_request(type);
            options.model = retry->model.value_or("");
            auto retrying = context_.inbox.retry(Auth::owner(), base::SessionId(retry->session_id),
                                                 std::move(options));
            const auto receipt = co_await std::move(retrying);
            if (!receipt) refuse(type, key, receipt.error());
        } else {
            refuse(type, {},
                   base::make_error(base::ErrorCode::invalid_argument, "hello comes only once"));
        }
    }

    async::Task<void> submit(protocol::SendMessage message) {
        chat::Incoming incoming;
        incoming.person = Auth::owner();
        const bool fresh = !message.session_id || message.session_id->empty();
        if (!fresh) incoming.session = base::SessionId(*message.session_id);
        incoming.text = std::move(message.text);
        incoming.options.model = message.model.value_or("");
        incoming.options.steer = message.steer.value_or(false);
        incoming.options.idempotency_key = message.idempotency_key;
        incoming.options.request = new_request("message.send");
        // Asked first, so that this socket hears the conversation from its first event on.
        auto placing = context_.inbox.place(std::move(incoming));
        auto placed = co_await std::move(placing);
        if (!placed) {
            refuse("message.send", message.idempotency_key, placed.error());
            co_return;
        }
        const std::string id = placed->session->str();
        const bool moved = !fresh && id != *message.session_id;
        if (fresh) opened_.clear();
        opened_.insert(id);
        // It began with words that this page does not have.
        if (moved) co_await open(id);
        auto submitting = context_.inbox.submit(std::move(*placed));
        const auto receipt = co_await std::move(submitting);
        if (!receipt) {
            refuse("message.send", message.idempotency_key, receipt.error());
        } else if (receipt->duplicate) {
            // Its events are long gone: say again that it is safe, and show how things stand.
            protocol::MessageAccepted again{chat::to_wire(receipt->message), 0};
            reply(std::move(again), context_.chat.hub.last_seq());
            co_await open(receipt->message.session.str());
        }
    }

    AppContext& context_;
    std::shared_ptr<http::WebSocket> socket_;
    std::set<std::string> opened_;
    unsigned long long changes_ = 0;  // events of opened conversations other than deltas
    bool started_ = false;            // `ready` was sent
    std::vector<std::shared_ptr<const chat::Published>> early_;
    std::shared_ptr<void> subscription_;
};

async::Task<void> serve(AppContext& context, std::shared_ptr<http::WebSocket> socket) {
    auto connection = std::make_shared<Connection>(context, std::move(socket));
    auto running = connection->run();
    co_await std::move(running);
}

}  // namespace

void add_socket(Endpoints& rows, AppContext& context) {
    Endpoint socket;
    socket.about = {.method = "GET",
                    .path = "/ws",
                    .summary =
                        "The WebSocket of the page: commands and events of "
                        "protocol/app.schema.json. Closes with 4001 without the key",
                    .access = http::Access::open,
                    .statuses = {101}};
    socket.run = [&context](std::shared_ptr<http::WebSocket> opened) {
        return serve(context, std::move(opened));
    };
    rows.push_back(std::move(socket));
}

}  // namespace app

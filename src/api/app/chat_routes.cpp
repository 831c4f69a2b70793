// POST /api/chat (JSON or SSE) and GET /api/messages.
#include <optional>
#include <utility>

#include "api/app/rows.hpp"
#include "async/channel.hpp"
#include "base/log.hpp"
#include "chat/turn_states.hpp"
#include "chat/wire.hpp"
#include "http/sse.hpp"
#include "protocol/codec.hpp"

namespace app {
namespace {

// Events waiting for one SSE reader; a reader that is slower is cut with an error event.
constexpr std::size_t kMaxWaiting = 4'000;

const TextQuery kSession{"session_id", "The conversation", {}, true};
const TextQuery kMessagesBefore{"before", "The id of the first message of the page after"};
const IntQuery kMessagesLimit{"limit", "Most messages to give", 100, 1, 1000};

chat::Incoming to_incoming(const ChatRequest& request, const base::RequestId& id) {
    chat::Incoming incoming;
    incoming.options.request = id;
    incoming.person = Auth::owner();
    if (request.session_id && !request.session_id->empty()) {
        incoming.session = base::SessionId(*request.session_id);
    }
    incoming.text = request.message;
    incoming.options.model = request.model.value_or("");
    incoming.options.idempotency_key = request.idempotency_key.value_or(base::new_uuid());
    return incoming;
}

// The events of one turn, from before it was accepted until it ended.
class TurnWatch {
public:
    explicit TurnWatch(chat::EventHub& hub) : events_(kMaxWaiting) {
        handle_ = hub.subscribe([this](const auto& item) {
            if (!events_.try_push(item) && !events_.closed()) {
                overflowed_ = true;
                events_.close();
            }
        });
    }

    // The next event of this turn; empty when the peer has gone or was too slow.
    async::Task<std::shared_ptr<const chat::Published>> next(base::TurnId turn,
                                                             std::stop_token stop) {
        for (;;) {
            auto popping = events_.pop(stop);
            const auto item = co_await std::move(popping);
            if (!item) co_return nullptr;
            if (turn_of((*item)->event) == turn.str()) co_return *item;
        }
    }
    [[nodiscard]] bool overflowed() const { return overflowed_; }

private:
    static std::string turn_of(const protocol::Event& event) {
        return std::visit(
            [](const auto& e) -> std::string {
                if constexpr (requires { std::string(e.turn_id); }) {
                    return e.turn_id;
                } else if constexpr (requires { e.message.turn_id; }) {
                    return e.message.turn_id.value_or("");
                } else {
                    return {};
                }
            },
            event);
    }

    async::Channel<std::shared_ptr<const chat::Published>> events_;
    bool overflowed_ = false;
    std::shared_ptr<void> handle_;
};

// The reply of a turn, or its error.
base::Result<ChatAnswer> answer_of(const protocol::TurnEnded& ended) {
    if (ended.error && ended.state == protocol::TurnState::failed) {
        return base::fail(protocol::from_error_info(*ended.error));
    }
    ChatAnswer answer;
    answer.session_id = ended.session_id;
    answer.turn_id = ended.turn_id;
    answer.state = ended.state;
    if (!ended.message) return answer;
    answer.response = ended.message->content;
    answer.message_id = ended.message->id;
    answer.detail = ended.message->detail;
    if (answer.detail) {
        answer.model = answer.detail->model;
        answer.usage = TokenUsage{answer.detail->prompt_tokens.value_or(0),
                                  answer.detail->completion_tokens.value_or(0)};
    }
    return answer;
}

// The reply of a turn that was accepted before (same idempotency key), or its error; nothing while
// it waits or runs. A turn that was stopped before its first word has ended without a reply.
async::Task<base::Result<std::optional<ChatAnswer>>> earlier_answer(AppContext& context,
                                                                    chat::Receipt receipt) {
    const auto state = receipt.turn.state;
    if (state == ports::StoredTurnState::queued || state == ports::StoredTurnState::running) {
        co_return std::optional<ChatAnswer>();
    }
    protocol::TurnEnded ended{
        receipt.message.session.str(), receipt.turn.id.str(), chat::from_stored(state), {}, {}};
    ports::MessagePage page;
    page.session = receipt.message.session;
    page.limit = 1'000;
    page.include_superseded = true;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    for (const auto& row : rows) {
        if (row.role != ports::StoredRole::assistant || row.turn != receipt.turn.id) continue;
        ended.message = chat::to_wire(row);
        ended.error = ended.message->error;
        break;
    }
    CO_TRY(answer, answer_of(ended));
    co_return std::optional(std::move(answer));
}

// A message that was a stop phrase has no reply of its own.
ChatAnswer stopped_answer(const chat::Receipt& receipt) {
    ChatAnswer answer;
    answer.session_id = receipt.message.session.str();
    answer.turn_id = receipt.turn.id.str();
    answer.state = protocol::TurnState::stopped;
    return answer;
}

async::Task<base::Result<ChatAnswer>> wait_for_answer(AppContext& context, ChatRequest body,
                                                      RequestPtr request) {
    TurnWatch watch(context.chat.hub);
    auto submitting = context.inbox.submit(to_incoming(body, request->id));
    CO_TRY(receipt, co_await std::move(submitting));
    if (receipt.stopped_reply) co_return stopped_answer(receipt);
    if (receipt.duplicate) {
        auto looking = earlier_answer(context, receipt);
        CO_TRY(earlier, co_await std::move(looking));
        if (earlier) co_return *earlier;
    }
    for (;;) {
        auto waiting = watch.next(receipt.turn.id, request->stop);
        const auto item = co_await std::move(waiting);
        if (!item) {
            co_return base::fail(base::ErrorCode::cancelled, "the caller has gone",
                                 "the reply is kept in the conversation");
        }
        if (const auto* ended = std::get_if<protocol::TurnEnded>(&item->event)) {
            co_return answer_of(*ended);
        }
    }
}

std::string sse_error(const base::Error& error) {
    return http::format_sse("error", json::write(json::from(protocol::to_error_info(error))));
}

async::Task<base::Result<void>> stream_turn(AppContext& context, ChatRequest body,
                                            RequestPtr request,
                                            std::shared_ptr<http::ResponseStream> stream) {
    TurnWatch watch(context.chat.hub);
    auto submitting = context.inbox.submit(to_incoming(body, request->id));
    CO_TRY(receipt, co_await std::move(submitting));
    http::Headers headers{{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    auto beginning = stream->begin(200, std::move(headers));
    CO_TRY_DO(co_await std::move(beginning));
    if (receipt.stopped_reply) {
        const auto done = json::write(json::from(stopped_answer(receipt)));
        auto writing = stream->write(http::format_sse("done", done));
        co_return co_await std::move(writing);
    }
    if (receipt.duplicate) {
        auto looking = earlier_answer(context, receipt);
        CO_TRY(earlier, co_await std::move(looking));
        if (earlier) {
            auto writing =
                stream->write(http::format_sse("done", json::write(json::from(*earlier))));
            co_return co_await std::move(writing);
        }
    }
    for (;;) {
        auto waiting = watch.next(receipt.turn.id, request->stop);
        const auto item = co_await std::move(waiting);
        if (!item && watch.overflowed()) {
            auto cutting = stream->write(sse_error(
                base::make_error(base::ErrorCode::timeout, "the events were read too slowly",
                                 "the reply is kept in the conversation")));
            co_return co_await std::move(cutting);
        }
        if (!item) co_return base::Result<void>{};
        std::string piece;
        const auto* ended = std::get_if<protocol::TurnEnded>(&item->event);
        if (ended != nullptr) {
            const auto answer = answer_of(*ended);
            piece = answer ? http::format_sse("done", json::write(json::from(*answer)))
                           : sse_error(answer.error());
        } else {
            piece = http::format_sse(protocol::type_of(item->event), item->text);
        }
        auto writing = stream->write(std::move(piece));
        CO_TRY_DO(co_await std::move(writing));
        if (ended != nullptr) co_return base::Result<void>{};
    }
}

async::Task<void> chat_stream(AppContext& context, RequestPtr request,
                              std::shared_ptr<http::ResponseStream> stream) {
    base::Result<void> result;
    auto value = json_body(*request);
    auto body = value ? json::to<ChatRequest>(*value) : base::fail(value.error());
    if (body) {
        const auto allowed = context.intake.take_message(Auth::owner(), "api");
        if (!allowed) body = base::fail(allowed.error());
    }
    if (!body) {
        result = base::fail(body.error());
    } else if (!body->stream.value_or(false)) {
        auto waiting = wait_for_answer(context, std::move(*body), request);
        const auto answer = co_await std::move(waiting);
        http::Response response = answer ? ok(json::from(*answer)) : error_answer(answer.error());
        auto beginning = stream->begin(response.status, response.headers);
        result = co_await std::move(beginning);
        if (result) {
            auto writing = stream->write(std::move(response.body));
            result = co_await std::move(writing);
        }
        co_return;
    } else {
        auto streaming = stream_turn(context, std::move(*body), request, stream);
        result = co_await std::move(streaming);
    }
    if (result) co_return;
    http::Response response = error_answer(result.error());
    // Fails when the stream had begun: then the error goes as an event.
    auto beginning = stream->begin(response.status, response.headers);
    const auto begun = co_await std::move(beginning);
    auto writing = stream->write(begun ? response.body : sse_error(result.error()));
    const auto written = co_await std::move(writing);
    if (!written) LOG_DEBUG("api", "the peer has gone", {"request", request->id.str()});
}

Giving<MessageList> list_messages(AppContext& context, RequestPtr request) {
    CO_TRY(session, query_of(*request, kSession));
    CO_TRY(limit, query_of(*request, kMessagesLimit));
    CO_TRY(before, query_of(*request, kMessagesBefore));
    auto viewing = context.inbox.view(Auth::owner(), base::SessionId(session));
    CO_TRY(view, co_await std::move(viewing));  // checks whose conversation it is
    ports::MessagePage page;
    page.session = view.row.id;
    page.before = base::MessageId(before);
    page.limit = limit + 1;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    MessageList list;
    list.has_more = static_cast<int>(rows.size()) > limit;
    if (list.has_more) rows.erase(rows.begin());
    for (const auto& row : rows) list.messages.push_back(chat::to_wire(row));
    co_return list;
}

Giving<protocol::Message> get_message(AppContext& context, RequestPtr request) {
    auto reading = context.chat.store.get_message(base::MessageId(request->params["id"]));
    CO_TRY(row, co_await std::move(reading));
    auto viewing = context.inbox.view(Auth::owner(), row.session);
    CO_TRY_DO(co_await std::move(viewing));
    co_return chat::to_wire(row);
}

}  // namespace

void add_chat_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    Endpoint chat;
    chat.about = {.method = "POST",
                  .path = "/api/chat",
                  .summary =
                      "Says something; gives the whole reply, or with `stream` the events "
                      "of the turn, of which the last is `done` or `error`",
                  .errors = {not_found, conflict, rate_limited, upstream, unavailable, timeout,
                             cancelled, storage},
                  .media = {"application/json", "text/event-stream"}};
    chat.body = schema_of<ChatRequest>();
    chat.answer = schema_of<ChatAnswer>();
    chat.run = [&context](RequestPtr request, std::shared_ptr<http::ResponseStream> stream) {
        return chat_stream(context, std::move(request), std::move(stream));
    };
    rows.push_back(std::move(chat));
    rows.push_back(endpoint<&list_messages>({.method = "GET",
                                             .path = "/api/messages",
                                             .summary = "Messages of a conversation, oldest first",
                                             .query = {kSession, kMessagesBefore, kMessagesLimit},
                                             .errors = {not_found}},
                                            context));
    rows.push_back(endpoint<&get_message>(
        {.method = "GET", .path = "/api/messages/{id}", .summary = "One message"}, context));
}

}  // namespace app

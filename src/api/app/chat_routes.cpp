// POST /api/chat (JSON or SSE) and GET /api/messages.
#include <optional>
#include <utility>

#include "api/app/routes.hpp"
#include "async/channel.hpp"
#include "base/log.hpp"
#include "chat/wire.hpp"
#include "http/sse.hpp"
#include "json/describe.hpp"
#include "protocol/codec.hpp"

namespace app {
namespace {

// Events waiting for one SSE reader; a reader that is slower is cut with an error event.
constexpr std::size_t kMaxWaiting = 4'000;

struct ChatRequest {
    std::string message;
    std::optional<std::string> session_id;
    std::optional<bool> stream;
    std::optional<std::string> idempotency_key;
    std::optional<std::string> model;
};
BOOST_DESCRIBE_STRUCT(ChatRequest, (), (message, session_id, stream, idempotency_key, model))

chat::Incoming to_incoming(const ChatRequest& request) {
    chat::Incoming incoming;
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

// {response, session_id, turn_id, message_id, model, usage}, or the error of the turn.
base::Result<json::Value> answer_of(const protocol::TurnEnded& ended) {
    if (ended.error && ended.state == protocol::TurnState::failed) {
        return base::fail(protocol::from_error_info(*ended.error));
    }
    json::Object body{{"session_id", ended.session_id}, {"turn_id", ended.turn_id}};
    body["response"] = ended.message ? ended.message->content : "";
    body["state"] = json::from(ended.state);
    if (ended.message) {
        body["message_id"] = ended.message->id;
        if (const auto& detail = ended.message->detail) {
            body["model"] = detail->model;
            body["usage"] =
                json::Object{{"prompt_tokens", detail->prompt_tokens.value_or(0)},
                             {"completion_tokens", detail->completion_tokens.value_or(0)}};
            body["detail"] = json::from(*detail);
        }
    }
    return body;
}

// The reply of a turn that was accepted before (same idempotency key), if it has ended.
async::Task<base::Result<std::optional<json::Value>>> earlier_answer(AppContext& context,
                                                                     chat::Receipt receipt) {
    ports::MessagePage page;
    page.session = receipt.message.session;
    page.limit = 1'000;
    page.include_superseded = true;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    for (const auto& row : rows) {
        if (row.role != ports::StoredRole::assistant || row.turn != receipt.turn.id) continue;
        const auto message = chat::to_wire(row);
        protocol::TurnEnded ended{
            row.session.str(), row.turn.str(), protocol::TurnState::done, message, {}};
        CO_TRY(body, answer_of(ended));
        co_return std::optional(std::move(body));
    }
    co_return std::optional<json::Value>();
}

async::Task<base::Result<json::Value>> wait_for_answer(AppContext& context, ChatRequest body,
                                                       std::stop_token stop) {
    TurnWatch watch(context.chat.hub);
    auto submitting = context.inbox.submit(to_incoming(body));
    CO_TRY(receipt, co_await std::move(submitting));
    if (receipt.stopped_reply) {
        co_return json::Object{{"response", ""},
                               {"session_id", receipt.message.session.str()},
                               {"turn_id", receipt.turn.id.str()},
                               {"state", "stopped"}};
    }
    if (receipt.duplicate) {
        auto looking = earlier_answer(context, receipt);
        CO_TRY(earlier, co_await std::move(looking));
        if (earlier) co_return *earlier;
    }
    for (;;) {
        auto waiting = watch.next(receipt.turn.id, stop);
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
    auto submitting = context.inbox.submit(to_incoming(body));
    CO_TRY(receipt, co_await std::move(submitting));
    http::Headers headers{{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    auto beginning = stream->begin(200, std::move(headers));
    CO_TRY_DO(co_await std::move(beginning));
    if (receipt.duplicate) {
        auto looking = earlier_answer(context, receipt);
        CO_TRY(earlier, co_await std::move(looking));
        if (earlier) {
            auto writing = stream->write(http::format_sse("done", json::write(*earlier)));
            co_return co_await std::move(writing);
        }
    }
    for (;;) {
        auto waiting = watch.next(receipt.turn.id, request->stop);
        const auto item = co_await std::move(waiting);
        if (!item) co_return base::Result<void>{};
        std::string piece;
        const auto* ended = std::get_if<protocol::TurnEnded>(&item->event);
        if (ended != nullptr) {
            const auto answer = answer_of(*ended);
            piece =
                answer ? http::format_sse("done", json::write(*answer)) : sse_error(answer.error());
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
    if (!body) {
        result = base::fail(body.error());
    } else if (!body->stream.value_or(false)) {
        auto waiting = wait_for_answer(context, std::move(*body), request->stop);
        const auto answer = co_await std::move(waiting);
        http::Response response = answer ? ok(*answer) : http::error_response(answer.error());
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
    http::Response response = http::error_response(result.error());
    // Fails when the stream had begun: then the error goes as an event.
    auto beginning = stream->begin(response.status, response.headers);
    const auto begun = co_await std::move(beginning);
    auto writing = stream->write(begun ? response.body : sse_error(result.error()));
    const auto written = co_await std::move(writing);
    if (!written) LOG_DEBUG("api", "the peer has gone", {"request", request->id.str()});
}

Handling list_messages(AppContext& context, RequestPtr request) {
    const std::string session = string_query(*request, "session_id");
    if (session.empty()) {
        co_return base::fail(base::ErrorCode::invalid_argument, "`session_id` is missing",
                             "GET /api/sessions lists the conversations");
    }
    CO_TRY(limit, int_query(*request, "limit", 100, 1, 1000));
    auto viewing = context.inbox.view(Auth::owner(), base::SessionId(session));
    CO_TRY(view, co_await std::move(viewing));  // checks whose conversation it is
    ports::MessagePage page;
    page.session = view.row.id;
    page.before = base::MessageId(string_query(*request, "before"));
    page.limit = limit + 1;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    const bool has_more = static_cast<int>(rows.size()) > limit;
    if (has_more) rows.erase(rows.begin());
    json::Array messages;
    for (const auto& row : rows) messages.push_back(json::from(chat::to_wire(row)));
    co_return ok(json::Object{{"messages", std::move(messages)}, {"has_more", has_more}});
}

Handling get_message(AppContext& context, RequestPtr request) {
    auto reading = context.chat.store.get_message(base::MessageId(request->params["id"]));
    CO_TRY(row, co_await std::move(reading));
    auto viewing = context.inbox.view(Auth::owner(), row.session);
    CO_TRY_DO(co_await std::move(viewing));
    co_return ok(json::from(chat::to_wire(row)));
}

}  // namespace

void add_chat_routes(http::Router& router, AppContext& context) {
    router.add_stream("POST", "/api/chat", [&context](RequestPtr request, auto stream) {
        return chat_stream(context, std::move(request), std::move(stream));
    });
    router.add("GET", "/api/messages", [&context](RequestPtr request) {
        return list_messages(context, std::move(request));
    });
    router.add("GET", "/api/messages/{id}",
               [&context](RequestPtr request) { return get_message(context, std::move(request)); });
}

}  // namespace app

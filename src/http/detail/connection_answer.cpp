// The second half of Connection: from a complete header to the answer.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "http/detail/connection.hpp"

namespace http::detail {
namespace {

using base::ErrorCode;

constexpr std::size_t kFilePiece = 65'536;

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
    for (const std::string_view item : base::split(headers.get(name).value_or(""), ',')) {
        if (base::to_lower_ascii(base::trim(item)) == token) return true;
    }
    return false;
}

bool asks_for_websocket(const Request& request) {
    return request.method == "GET" && has_token(request.headers, "Upgrade", "websocket") &&
           has_token(request.headers, "Connection", "upgrade");
}

std::string allowed_methods(const std::vector<std::string>& methods) {
    std::string text;
    for (const std::string& method : methods) {
        if (method == kWebSocketMethod) continue;
        text += method + ", ";
        if (method == "GET") text += "HEAD, ";
    }
    return text + "OPTIONS";
}

Response plain_error(int status, ErrorCode code, std::string message, std::string hint) {
    Response response = error_response(base::make_error(code, std::move(message), std::move(hint)));
    response.status = status;
    return response;
}

bool is_header_list(std::string_view text) {
    return text.size() <= 1'000 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == ',' || c == ' ';
           });
}

async::Task<Response> run_handler(Handler handler, std::shared_ptr<Request> request) {
    std::string what;
    try {
        auto handling = handler(request);
        auto result = co_await std::move(handling);
        if (!result) co_return error_response(result.error());
        co_return std::move(*result);
    } catch (const std::exception& e) {
        what = e.what();
    }
    LOG_ERROR("http", "a handler failed", {"request", request->id.str()}, {"what", what});
    co_return internal_error();
}

}  // namespace

Response internal_error() {
    return error_response(base::make_error(ErrorCode::internal,
                                           "something went wrong inside the server",
                                           "look for the request id in the log"));
}

ResponseHead Connection::new_head(int status, Headers headers) const {
    exchange_->status = status;
    ResponseHead head;
    head.status = status;
    head.headers = std::move(headers);
    head.request_id = exchange_->request->id.str();
    head.keep_alive = exchange_->keep_alive && !context_->stopping;
    head.cors_origin = exchange_->cors_origin;
    return head;
}

async::Task<void> Connection::refuse(Refusal refusal) {
    ++context_->stats.refused;
    timed_out_ = false;
    exchange_->keep_alive = false;
    Response response = error_response(refusal.error);
    response.status = refusal.status;
    auto responding = respond(std::move(response));
    co_await std::move(responding);
}

// Everything that can be said before a route is looked for.
std::optional<Response> Connection::refusal() {
    const Request& request = *exchange_->request;
    if (auto allowed = context_->access.check(request.headers); !allowed) {
        LOG_WARN("http", "a request was refused because of its Host or Origin",
                 {"request", request.id.str()}, {"peer", peer_});
        return error_response(allowed.error());
    }
    exchange_->cors_origin = AccessCheck::cross_origin(request.headers);
    const auto wait = context_->rate.refuse(peer_, std::chrono::steady_clock::now());
    if (!wait) return std::nullopt;
    return too_often("too many requests from this address", *wait);
}

Response Connection::too_often(const char* what, std::chrono::seconds wait) const {
    Response response = plain_error(429, ErrorCode::rate_limited, what,
                                    fmt::format("try again in {} s", wait.count()));
    response.headers.set("Retry-After", fmt::format("{}", wait.count()));
    return response;
}

std::optional<Response> Connection::intake_refusal(const Route& route) {
    const bool uploads = route.intake == Intake::uploads;
    const auto limited = exchange_->parser.limit_body(uploads ? context_->options.max_upload
                                                              : context_->options.max_body);
    if (!limited) {
        Response response = error_response(limited.error().error);
        response.status = limited.error().status;
        return response;
    }
    if (!uploads) return std::nullopt;
    const auto wait = context_->uploads.refuse(peer_, std::chrono::steady_clock::now());
    if (!wait) return std::nullopt;
    return too_often("too many uploads from this address", *wait);
}

// What changes something or goes wrong is always logged; what is only read, when it took long. A
// flood of refused requests must not push everything else out of the log table.
void Connection::log_request() const {
    constexpr double kSlowMs = 1'000;
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - exchange_->began;
    const Request& request = *exchange_->request;
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const bool flood = exchange_->status == 429;
    const bool notable = !flood && (!reads || exchange_->status >= 400 || took.count() > kSlowMs);
    const auto level = notable ? base::log::Level::info : base::log::Level::debug;
    LOCI_LOG(level, "http", "request", {"request", request.id.str()},
             {"method", request.method.substr(0, 16)},
             {"route", exchange_->route == nullptr ? "none" : exchange_->route->pattern},
             {"status", exchange_->status}, {"ms", fmt::format("{:.1f}", took.count())},
             {"peer", peer_});
}

Response Connection::preflight() const {
    const Request& request = *exchange_->request;
    const auto match = context_->table->find("OPTIONS", exchange_->parts);
    const std::string methods =
        match.methods.empty() ? "GET, HEAD, OPTIONS" : allowed_methods(match.methods);
    Response response;
    response.status = 204;
    response.headers.set("Allow", methods);
    if (!exchange_->cors_origin) return response;
    response.headers.set("Access-Control-Allow-Methods", methods);
    response.headers.set("Access-Control-Max-Age", "600");
    const auto wanted = request.headers.get("Access-Control-Request-Headers");
    if (wanted && is_header_list(*wanted)) {
        response.headers.set("Access-Control-Allow-Headers", std::string(*wanted));
    }
    return response;
}

async::Task<std::optional<Upgrade>> Connection::handle() {
    ++context_->stats.requests;
    const bool is_path = fill_request();
    std::optional<Response> early = refusal();
    if (early) {
        ++context_->stats.refused;
    } else if (!is_path) {
        early =
            plain_error(400, ErrorCode::invalid_argument, "the path of the request is not valid",
                        "leave out dots and control characters");
    } else if (exchange_->request->method == "OPTIONS") {
        early = preflight();
    }
    if (early) {
        auto responding = respond(std::move(*early));
        co_await std::move(responding);
        co_return std::nullopt;
    }
    const bool wants_socket = asks_for_websocket(*exchange_->request);
    const std::string method =
        wants_socket ? std::string(kWebSocketMethod) : exchange_->request->method;
    RouteMatch match = context_->table->find(method, exchange_->parts);
    const bool forged = !wants_socket && method == kWebSocketMethod;
    if (forged) match.route = nullptr;
    exchange_->request->params = std::move(match.params);
    exchange_->route = match.route;
    auto dispatching = dispatch(std::move(match));
    auto upgrade = co_await std::move(dispatching);
    co_return upgrade;
}

async::Task<std::optional<Upgrade>> Connection::dispatch(RouteMatch match) {
    if (match.route == nullptr) {
        auto answering = answer_without_route(std::move(match));
        co_await std::move(answering);
        co_return std::nullopt;
    }
    if (const auto* socket = std::get_if<WebSocketRoute>(&match.route->target)) {
        co_return make_upgrade(*socket);
    }
    if (match.route->access == Access::guarded && context_->table->guard) {
        const auto allowed = context_->table->guard(*exchange_->request);
        if (!allowed) {
            ++context_->stats.refused;
            auto responding = respond(error_response(allowed.error()));
            co_await std::move(responding);
            co_return std::nullopt;
        }
    }
    if (auto refused = intake_refusal(*match.route)) {
        ++context_->stats.refused;
        auto responding = respond(std::move(*refused));
        co_await std::move(responding);
        co_return std::nullopt;
    }
    const bool complete = co_await read_body();
    if (!complete) {
        exchange_->keep_alive = false;
        if (!exchange_->answered) broken_ = true;  // the peer left in the middle
        co_return std::nullopt;
    }
    auto calling = call(*match.route);
    co_await std::move(calling);
    co_return std::nullopt;
}

async::Task<void> Connection::answer_without_route(RouteMatch match) {
    const Request& request = *exchange_->request;
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (match.methods.empty() && reads) {
        for (const std::string& folder : context_->table->static_folders) {
            auto answer = answer_static(folder, exchange_->parts, request);
            if (!answer) continue;
            auto responding = respond_file(std::move(*answer));
            co_await std::move(responding);
            co_return;
        }
    }
    Response response;
    if (match.methods == std::vector<std::string>{std::string(kWebSocketMethod)}) {
        response = plain_error(426, ErrorCode::invalid_argument, "this address is a WebSocket",
                               "connect with ws:// or wss://");
        response.headers.set("Upgrade", "websocket");
    } else if (!match.methods.empty()) {
        const std::string allowed = allowed_methods(match.methods);
        response = plain_error(405, ErrorCode::invalid_argument,
                               "this address does not know the method of the request",
                               "it knows " + allowed);
        response.headers.set("Allow", allowed);
    } else {
        const std::string nearest = context_->table->nearest(request.path);
        response = plain_error(404, ErrorCode::not_found, "there is nothing at this address",
                               nearest.empty() ? "" : "did you mean " + nearest + "?");
    }
    auto responding = respond(std::move(response));
    co_await std::move(responding);
}

async::Task<void> Connection::call(const Route& route) {
    deadline_.cancel();  // a handler takes as long as it takes
    std::stop_source stop = exchange_->stop;
    stream_.watch_peer([stop]() mutable { stop.request_stop(); });
    if (const auto* streams = std::get_if<StreamHandler>(&route.target)) {
        auto running = run_stream(*streams);
        co_await std::move(running);
        co_return;
    }
    auto running = run_handler(std::get<Handler>(route.target), exchange_->request);
    Response response = co_await std::move(running);
    stream_.end_watch();
    if (response.file.empty()) {
        auto responding = respond(std::move(response));
        co_await std::move(responding);
        co_return;
    }
    auto answer = answer_file(response.file, response.headers, *exchange_->request);
    if (answer) {
        auto responding = respond_file(std::move(*answer));
        co_await std::move(responding);
    } else {
        auto responding = respond(error_response(answer.error()));
        co_await std::move(responding);
    }
}

Upgrade Connection::make_upgrade(const WebSocketRoute& route) {
    std::string protocol;
    const auto offered = exchange_->request->headers.get("Sec-WebSocket-Protocol").value_or("");
    for (const std::string_view item : base::split(offered, ',')) {
        const bool known = std::ranges::find(route.options.protocols, base::trim(item)) !=
                           route.options.protocols.end();
        if (known && protocol.empty()) protocol = base::trim(item);
    }
    deadline_.cancel();
    if (!buffer_.empty()) stream_.unread(std::move(buffer_));
    return {std::move(stream_),     exchange_->request, exchange_->stop,
            std::move(protocol),    route.handler,      route.options.max_frame,
            route.options.max_queue};
}

// A body that was not read leaves the connection at an unknown place.
void Connection::leave_unread_body() {
    if (exchange_->parser.body_complete()) return;
    exchange_->keep_alive = false;
    refused_ = true;
}

async::Task<void> Connection::respond(Response response) {
    leave_unread_body();
    exchange_->answered = true;
    const bool bodyless = response.status == 204 || response.status == 304;
    ResponseHead head = new_head(response.status, std::move(response.headers));
    if (!bodyless) head.length = response.body.size();
    if (bodyless || exchange_->request->method == "HEAD") response.body.clear();
    auto writing = write_all(format_head(head), std::move(response.body));
    co_await std::move(writing);
}

async::Task<void> Connection::respond_file(FileAnswer answer) {
    leave_unread_body();
    exchange_->answered = true;
    ResponseHead head = new_head(answer.status, std::move(answer.headers));
    if (answer.status != 304) head.length = answer.length;
    auto writing_head = write_all(format_head(head), "");
    bool alive = co_await std::move(writing_head);
    if (!answer.file.is_open() || exchange_->request->method == "HEAD") co_return;
    while (alive && answer.length > 0) {
        std::string piece(std::min<std::uint64_t>(kFilePiece, answer.length), '\0');
        const std::size_t got = answer.file.read_at(answer.offset, piece.data(), piece.size());
        if (got == 0) {
            // It shrank meanwhile: only cutting the connection tells the peer so.
            LOG_WARN("http", "a file became shorter while it was sent",
                     {"request", exchange_->request->id.str()});
            broken_ = true;
            stream_.close();
            co_return;
        }
        piece.resize(got);
        answer.offset += got;
        answer.length -= got;
        auto writing = write_all(std::move(piece), "");
        alive = co_await std::move(writing);
    }
}

}  // namespace http::detail

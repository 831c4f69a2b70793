#include "api/realtime/realtime_api.hpp"

#include <utility>

#include <fmt/core.h>

#include "api/openai/answers.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace realtime {
namespace {

using RequestPtr = std::shared_ptr<http::Request>;
using Handling = async::Task<base::Result<http::Response>>;

constexpr int kLoginNeeded = 4001;
constexpr int kNoModel = 4004;
constexpr std::size_t kMaxFrame = 24'000'000;  // 15 MiB of sound as base64, and the rest
constexpr std::size_t kMaxQueue = 24'000'000;  // the sound of a long turn in one frame

std::string query(const http::Request& request, const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
}

// What the client shows to be let in: a header, a subprotocol (browsers) or the address.
std::string credential(const http::Request& request) {
    constexpr std::string_view kBearer = "Bearer ";
    constexpr std::string_view kInsecure = "openai-insecure-api-key.";
    if (const auto header = request.headers.get("Authorization")) {
        if (header->starts_with(kBearer)) return std::string(header->substr(kBearer.size()));
    }
    if (const auto offered = request.headers.get("Sec-WebSocket-Protocol")) {
        for (const auto one : base::split(*offered, ',')) {
            const auto name = base::trim(one);
            if (name.starts_with(kInsecure)) return std::string(name.substr(kInsecure.size()));
        }
    }
    return query(request, "token");
}

// The names of OpenAI's own models and `loci/…` mean the companion.
bool means_companion(std::string_view model) {
    return model.empty() || model.starts_with("loci/") ||
           (model.starts_with("gpt-") && model.find("realtime") != std::string_view::npos);
}

Dialect dialect_of(const http::Request& request) {
    const auto beta = request.headers.get("OpenAI-Beta");
    if (beta && beta->find("realtime") != std::string_view::npos) return Dialect::beta;
    const auto offered = request.headers.get("Sec-WebSocket-Protocol");
    const bool asked =
        offered && offered->find("openai-beta.realtime-v1") != std::string_view::npos;
    return asked || request.path == "/" ? Dialect::beta : Dialect::current;
}

SessionConfig first_config(const http::Request& request) {
    SessionConfig config;
    config.model = query(request, "model");
    if (config.model.empty()) config.model = "loci/companion";
    if (query(request, "intent") == "transcription") {
        config.purpose = Purpose::transcription;
        config.transcription.emplace();
    }
    return config;
}

void refuse_socket(http::WebSocket& socket, const Fault& fault, int code) {
    auto error = to_json(fault);
    error["event_id"] = nullptr;
    const json::Object event{
        {"type", "error"}, {"event_id", new_id("event_")}, {"error", std::move(error)}};
    static_cast<void>(socket.send(json::write(event)));
    socket.close(code, fault.code);
}

async::Task<void> serve(RealtimeApi& api, std::shared_ptr<http::WebSocket> socket) {
    const auto& context = api.context();
    const auto& request = socket->request();
    const std::string key = credential(request);
    auto ephemeral = key.starts_with("ek_") ? api.secrets().find(key) : std::nullopt;
    if (!ephemeral && !context.accepts(key)) {
        refuse_socket(*socket, {"invalid_api_key", "this server wants its key"}, kLoginNeeded);
        co_return;
    }
    if (request.query.contains("call_id")) {
        refuse_socket(*socket, {"invalid_value", "there are no calls here to join", "call_id"},
                      kNoModel);
        co_return;
    }
    SessionConfig config = ephemeral ? std::move(*ephemeral) : first_config(request);
    const bool companion = means_companion(config.model);
    if (!companion) {
        if (const auto route = context.chat.router.choose(config.model); !route) {
            refuse_socket(*socket, {"model_not_found", route.error().text(), "model"}, kNoModel);
            co_return;
        }
    }
    SessionParts parts{context.executor,
                       context.clock,
                       api.worker(),
                       context.speech,
                       companion ? make_companion_mind(context.chat, context.inbox, context.person)
                                 : make_model_mind(context.chat, config.model),
                       context.language(),
                       SessionParts::kKeptAudio,
                       [socket](std::string text) { return socket->send(std::move(text)); },
                       [socket] { socket->close(1000, "session_expired"); }};
    const auto dialect = dialect_of(request);
    LOG_INFO("realtime", "session opened", {"request", request.id.str()}, {"companion", companion},
             {"beta", dialect == Dialect::beta});
    Session session(std::move(parts), std::move(config), dialect);
    session.open();
    for (;;) {
        auto reading = socket->read();
        auto text = co_await std::move(reading);
        if (!text) break;
        auto receiving = session.receive(std::move(*text));
        co_await std::move(receiving);
    }
    co_await session.close();
}

base::Error to_error(const Fault& fault) {
    return base::make_error(base::ErrorCode::invalid_argument, fault.message)
        .with("param", fault.param);
}

struct Wanted {
    SessionConfig config;
    std::chrono::seconds life{600};
};

base::Result<Wanted> read_wanted(const json::Value& body, const json::Value& session,
                                 Purpose purpose) {
    Wanted wanted;
    wanted.config.purpose = purpose;
    if (json::string_or(json::find(session, "type")) == "transcription") {
        wanted.config.purpose = Purpose::transcription;
    }
    wanted.config.model = json::string_or(json::find(session, "model"), "loci/companion");
    auto merged = merge(wanted.config, session, {});
    if (!merged) return base::fail(to_error(merged.error()));
    wanted.config = std::move(*merged);
    if (const auto* expiry = json::find(body, "expires_after"); expiry && !expiry->is_null()) {
        const auto seconds = json::int_or(json::find(*expiry, "seconds"), 600);
        if (seconds < 10 || seconds > 7'200) {
            return base::fail(openai::bad_parameter("expires_after.seconds",
                                                    "a secret lives from 10 to 7200 seconds"));
        }
        wanted.life = std::chrono::seconds(seconds);
    }
    return wanted;
}

base::Result<json::Value> read_body(const http::Request& request) {
    if (base::trim(request.body).empty()) return json::Value(json::Object());
    auto body = json::parse(request.body);
    if (body && body->is_object()) return std::move(*body);
    return base::fail(base::ErrorCode::invalid_argument, "the body must be a JSON object");
}

json::Object shown_session(const SessionConfig& config, long long expires_at) {
    json::Object session = to_json(config);
    session["id"] = new_id("sess_");
    session["expires_at"] = expires_at;
    return session;
}

Handling make_secret(RealtimeApi& api, RequestPtr request) {
    const auto body = read_body(*request);
    if (!body) co_return openai::error_answer(body.error());
    const auto* session = json::find(*body, "session");
    const json::Value given = session == nullptr ? json::Value(json::Object()) : *session;
    auto wanted = read_wanted(*body, given, Purpose::conversation);
    if (!wanted) co_return openai::error_answer(wanted.error());
    auto shown = to_json(wanted->config);
    const auto made = api.secrets().make(std::move(wanted->config), wanted->life);
    shown["id"] = new_id("sess_");
    co_return http::json_response(json::write(json::Object{
        {"value", made.value}, {"expires_at", made.expires_at}, {"session", std::move(shown)}}));
}

// The older form: the session itself lies flat, and the secret in it.
Handling make_older(RealtimeApi& api, RequestPtr request, Purpose purpose) {
    const auto body = read_body(*request);
    if (!body) co_return openai::error_answer(body.error());
    const json::Value event =
        from_beta(json::Object{{"type", "session.update"}, {"session", *body}});
    auto wanted = read_wanted(json::Object(), *json::find(event, "session"), purpose);
    if (!wanted) co_return openai::error_answer(wanted.error());
    constexpr std::chrono::seconds kLife{60};
    json::Object shown = session_to_beta(shown_session(wanted->config, 0));
    const auto made = api.secrets().make(std::move(wanted->config), kLife);
    shown["expires_at"] = made.expires_at;
    shown["client_secret"] = json::Object{{"value", made.value}, {"expires_at", made.expires_at}};
    co_return http::json_response(json::write(shown));
}

}  // namespace

RealtimeApi::RealtimeApi(RealtimeContext context)
    : context_(std::move(context)), secrets_(context_.clock), worker_("realtime opus") {}

void RealtimeApi::add_routes(http::Router& router) {
    http::SocketOptions options{{"realtime"}, kMaxFrame, kMaxQueue};
    router.add_websocket(
        "/v1/realtime", [this](auto socket) { return serve(*this, std::move(socket)); }, options);
    router.add("POST", "/v1/realtime/client_secrets",
               [this](auto request) { return make_secret(*this, std::move(request)); });
    router.add("POST", "/v1/realtime/sessions", [this](auto request) {
        return make_older(*this, std::move(request), Purpose::conversation);
    });
    router.add("POST", "/v1/realtime/transcription_sessions", [this](auto request) {
        return make_older(*this, std::move(request), Purpose::transcription);
    });
}

void RealtimeApi::add_bare_routes(http::Router& router) {
    add_routes(router);
    http::SocketOptions options{{"realtime"}, kMaxFrame, kMaxQueue};
    router.add_websocket(
        "/", [this](auto socket) { return serve(*this, std::move(socket)); }, options);
}

}  // namespace realtime

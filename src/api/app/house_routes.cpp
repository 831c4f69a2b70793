// Everything about the house itself: health, metrics, logs, persona files, data folders, login.
#include <utility>

#include <fmt/core.h>

#include "api/app/rows.hpp"

namespace app {
namespace {

const TextQuery kLevel{
    "level", "Least important level to give", {"trace", "debug", "info", "warn", "error"}};
const TextQuery kId{"id", "A request or turn: gives everything that was done for it"};
const TextQuery kRequestId{"request_id", "The same as `id`"};
const IntQuery kLinesLimit{"limit", "Most lines to give, the newest ones", 200, 1, 5000};

Giving<Liveness> healthz(AppContext& context, RequestPtr) {
    co_return Liveness{"ok", context.version};
}

Giving<Status<Readiness>> readyz(AppContext& context, RequestPtr) {
    const bool ready = context.status.ready();
    co_return Status<Readiness>{{ready, context.version, context.status.all()}, ready ? 200 : 503};
}

Giving<Hardware> hardware(AppContext& context, RequestPtr) {
    co_return context.house.hardware();
}

Giving<PhoneLink> phone(AppContext& context, RequestPtr) {
    co_return context.house.phone_link();
}

Handling metrics(AppContext& context, RequestPtr) {
    std::string text;
    for (const auto& [name, value] : context.house.metrics()) {
        const bool counter = name.ends_with("_total");
        text +=
            fmt::format("# TYPE {} {}\n{} {}\n", name, counter ? "counter" : "gauge", name, value);
    }
    http::Response response;
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = std::move(text);
    co_return response;
}

Giving<LogLines> list_logs(AppContext& context, RequestPtr request) {
    ports::LogQuery query;
    CO_TRY(level, query_of(*request, kLevel));
    if (!level.empty()) query.min_level = level;
    CO_TRY(id, query_of(*request, kId));
    CO_TRY(request_id, query_of(*request, kRequestId));
    query.request_id = id.empty() ? request_id : id;
    CO_TRY(limit, query_of(*request, kLinesLimit));
    query.limit = limit;
    auto listing = context.chat.store.list_logs(std::move(query));
    CO_TRY(rows, co_await std::move(listing));
    LogLines lines;
    for (const auto& row : rows) {
        LogLine line{row.id, row.time_ms, row.level, row.category, row.message, row.request_id, {}};
        const auto fields = json::parse(row.fields_json);
        if (fields && fields->is_object()) {
            for (const auto& [key, value] : fields->get_object()) {
                line.fields[key] =
                    value.is_string() ? std::string(value.get_string()) : json::write(value);
            }
        }
        lines.records.push_back(std::move(line));
    }
    co_return lines;
}

PersonaFile to_wire(chat::WorkspaceFile file) {
    return {std::move(file.name), std::move(file.content), std::move(file.description)};
}

Giving<PersonaFiles> list_workspace(AppContext& context, RequestPtr) {
    PersonaFiles files;
    for (auto& file : context.chat.persona.files()) files.files.push_back(to_wire(std::move(file)));
    co_return files;
}

Giving<PersonaFile> read_workspace(AppContext& context, RequestPtr request) {
    CO_TRY(file, context.chat.persona.read(request->params["name"]));
    co_return to_wire(std::move(file));
}

Giving<PersonaFile> write_workspace(AppContext& context, RequestPtr request, NewContent body) {
    const std::string name = request->params["name"];
    CO_TRY_DO(context.chat.persona.write(name, body.content));
    CO_TRY(file, context.chat.persona.read(name));
    co_return to_wire(std::move(file));
}

Giving<Done> remove_workspace(AppContext& context, RequestPtr request) {
    CO_TRY_DO(context.chat.persona.remove(request->params["name"]));
    co_return Done{};
}

Giving<DataPlaces> data_places(AppContext& context, RequestPtr) {
    co_return DataPlaces{context.house.data_places()};
}

Giving<AuthStatus> auth_status(AppContext& context, RequestPtr request) {
    co_return AuthStatus{context.auth.enabled(), context.auth.admits(*request)};
}

Giving<LoginToken> auth_login(AppContext& context, RequestPtr, LoginKey given) {
    CO_TRY(token, context.auth.login(given.key.value_or(given.api_key.value_or(""))));
    co_return LoginToken{token};
}

void add_operations(Endpoints& rows, AppContext& context) {
    constexpr auto kOpen = http::Access::open;
    rows.push_back(endpoint<&healthz>({.method = "GET",
                                       .path = "/healthz",
                                       .summary = "Whether the server is alive",
                                       .access = kOpen,
                                       .also = {"/health"}},
                                      context));
    rows.push_back(endpoint<&readyz>({.method = "GET",
                                      .path = "/readyz",
                                      .summary = "Whether a conversation is possible, and the "
                                                 "state of every part with its reason",
                                      .access = kOpen,
                                      .statuses = {200, 503},
                                      .also = {"/ready"}},
                                     context));
    rows.push_back(endpoint<&metrics>({.method = "GET",
                                       .path = "/metrics",
                                       .summary = "Numbers in the text format of Prometheus",
                                       .media = {"text/plain"}},
                                      context));
    rows.push_back(endpoint<&hardware>({.method = "GET",
                                        .path = "/api/hardware",
                                        .summary = "What this machine has",
                                        .also = {"/api/v1/hardware/info"}},
                                       context));
    rows.push_back(endpoint<&list_logs>({.method = "GET",
                                         .path = "/api/logs",
                                         .summary = "The newest lines of the log, oldest first",
                                         .query = {kLevel, kId, kRequestId, kLinesLimit},
                                         .also = {"/api/v1/logs/current"}},
                                        context));
    rows.push_back(endpoint<&data_places>(
        {.method = "GET", .path = "/api/data", .summary = "Where everything is kept"}, context));
    rows.push_back(
        endpoint<&phone>({.method = "GET",
                          .path = "/api/phone",
                          .summary = "How a telephone in the house reaches this server, with a QR "
                                     "code"},
                         context));
}

}  // namespace

void add_house_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    constexpr auto kOpen = http::Access::open;
    add_operations(rows, context);
    rows.push_back(endpoint<&list_workspace>(
        {.method = "GET", .path = "/api/workspace", .summary = "The files of the persona"},
        context));
    rows.push_back(endpoint<&read_workspace>(
        {.method = "GET", .path = "/api/workspace/{name}", .summary = "One of them"}, context));
    rows.push_back(endpoint<&write_workspace>({.method = "PUT",
                                               .path = "/api/workspace/{name}",
                                               .summary = "Writes it; in force with the next reply",
                                               .errors = {storage}},
                                              context));
    rows.push_back(endpoint<&remove_workspace>(
        {.method = "DELETE", .path = "/api/workspace/{name}", .summary = "Removes it"}, context));
    rows.push_back(endpoint<&auth_status>({.method = "GET",
                                           .path = "/api/auth/status",
                                           .summary = "Whether a key is wanted and was given",
                                           .access = kOpen},
                                          context));
    rows.push_back(endpoint<&auth_status>({.method = "GET",
                                           .path = "/api/auth/check",
                                           .summary = "The same, refused without the key"},
                                          context));
    rows.push_back(endpoint<&auth_login>({.method = "POST",
                                          .path = "/api/auth/login",
                                          .summary = "Exchanges the key for a token",
                                          .access = kOpen,
                                          .errors = {unauthorized}},
                                         context));
}

}  // namespace app

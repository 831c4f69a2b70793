// Everything about the house itself: health, metrics, logs, persona files, data folders, login.
#include <utility>

#include <fmt/core.h>

#include "api/app/routes.hpp"
#include "json/describe.hpp"

namespace app {
namespace {

Handling healthz(AppContext& context, RequestPtr) {
    co_return ok(json::Object{{"status", "ok"}, {"version", context.version}});
}

Handling readyz(AppContext& context, RequestPtr) {
    const bool ready = context.status.ready();
    co_return ok(json::Object{{"ready", ready},
                              {"version", context.version},
                              {"subsystems", json::from(context.status.all())}},
                 ready ? 200 : 503);
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

Handling list_logs(AppContext& context, RequestPtr request) {
    ports::LogQuery query;
    if (const auto level = string_query(*request, "level"); !level.empty()) query.min_level = level;
    query.request_id = string_query(*request, "request_id");
    CO_TRY(limit, int_query(*request, "limit", 200, 1, 5000));
    query.limit = limit;
    auto listing = context.chat.store.list_logs(std::move(query));
    CO_TRY(rows, co_await std::move(listing));
    json::Array records;
    for (const auto& row : rows) {
        const auto fields = json::parse(row.fields_json);
        records.push_back(json::Object{{"time_ms", row.time_ms},
                                       {"level", row.level},
                                       {"category", row.category},
                                       {"message", row.message},
                                       {"request_id", row.request_id},
                                       {"fields", fields ? *fields : json::Value(json::Object{})}});
    }
    co_return ok(json::Object{{"records", std::move(records)}});
}

json::Value to_json(const chat::WorkspaceFile& file) {
    return json::Object{
        {"name", file.name}, {"content", file.content}, {"description", file.description}};
}

Handling list_workspace(AppContext& context, RequestPtr) {
    json::Array files;
    for (const auto& file : context.chat.persona.files()) files.push_back(to_json(file));
    co_return ok(json::Object{{"files", std::move(files)}});
}

Handling read_workspace(AppContext& context, RequestPtr request) {
    CO_TRY(file, context.chat.persona.read(request->params["name"]));
    co_return ok(to_json(file));
}

Handling write_workspace(AppContext& context, RequestPtr request) {
    CO_TRY(body, json_body(*request));
    const auto* content = json::find(body, "content");
    if (content == nullptr || !content->is_string()) {
        co_return base::fail(base::ErrorCode::invalid_argument, "`content` must be a string");
    }
    const std::string name = request->params["name"];
    CO_TRY_DO(context.chat.persona.write(name, json::string_or(content)));
    CO_TRY(file, context.chat.persona.read(name));
    co_return ok(to_json(file));
}

Handling remove_workspace(AppContext& context, RequestPtr request) {
    CO_TRY_DO(context.chat.persona.remove(request->params["name"]));
    co_return ok(json::Object{});
}

Handling data_places(AppContext& context, RequestPtr) {
    json::Array paths;
    for (const auto& place : context.house.data_places()) {
        paths.push_back(
            json::Object{{"what", place.what}, {"path", place.path}, {"bytes", place.bytes}});
    }
    co_return ok(json::Object{{"paths", std::move(paths)}});
}

Handling auth_status(AppContext& context, RequestPtr request) {
    co_return ok(json::Object{{"enabled", context.auth.enabled()},
                              {"authenticated", context.auth.admits(*request)}});
}

Handling auth_login(AppContext& context, RequestPtr request) {
    CO_TRY(body, json_body(*request));
    std::string key = json::string_or(json::find(body, "key"));
    if (key.empty()) key = json::string_or(json::find(body, "api_key"));  // the earlier name
    CO_TRY(token, context.auth.login(key));
    co_return ok(json::Object{{"token", token}});
}

Handling openapi(http::Router* router, AppContext& context) {
    json::Object paths;
    for (const auto& [method, pattern] : router->routes()) {
        auto& path = paths[pattern];
        if (!path.is_object()) path = json::Object{};
        std::string lower;
        for (const char c : method) lower.push_back(static_cast<char>(c | 0x20));
        path.get_object()[lower] = json::Object{
            {"responses", json::Object{{"default", json::Object{{"description", "JSON"}}}}}};
    }
    co_return ok(
        json::Object{{"openapi", "3.1.0"},
                     {"info", json::Object{{"title", "Loci"}, {"version", context.version}}},
                     {"paths", std::move(paths)}});
}

}  // namespace

void add_house_routes(http::Router& router, AppContext& context) {
    const auto add = [&](const char* method, const char* pattern, auto handler,
                         http::Access access = http::Access::guarded) {
        router.add(
            method, pattern,
            [&context, handler](RequestPtr request) {
                return handler(context, std::move(request));
            },
            access);
    };
    add("GET", "/healthz", healthz, http::Access::open);
    add("GET", "/health", healthz, http::Access::open);
    add("GET", "/readyz", readyz, http::Access::open);
    add("GET", "/ready", readyz, http::Access::open);
    add("GET", "/metrics", metrics);
    add("GET", "/api/logs", list_logs);
    add("GET", "/api/v1/logs/current", list_logs);
    add("GET", "/api/workspace", list_workspace);
    add("GET", "/api/workspace/{name}", read_workspace);
    add("PUT", "/api/workspace/{name}", write_workspace);
    add("DELETE", "/api/workspace/{name}", remove_workspace);
    add("GET", "/api/data", data_places);
    add("GET", "/api/auth/status", auth_status, http::Access::open);
    add("GET", "/api/auth/check", auth_status);
    add("POST", "/api/auth/login", auth_login, http::Access::open);
    // The router's copies share one table, so later routes are listed too.
    router.add("GET", "/openapi.json",
               [&context, &router](RequestPtr) { return openapi(&router, context); });
}

}  // namespace app

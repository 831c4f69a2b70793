// Conversations: list, make, read, rename, clear, delete, export; and the routes of the earlier
// systems that mean the same (/api/chats*).
#include <utility>

#include <fmt/core.h>

#include "api/app/export.hpp"
#include "api/app/routes.hpp"
#include "chat/wire.hpp"
#include "json/describe.hpp"

namespace app {
namespace {

json::Value with_key(const char* key, json::Value value) {
    json::Object object;
    object[key] = std::move(value);
    return object;
}

Handling list_sessions(AppContext& context, RequestPtr request) {
    ports::SessionPage page;
    page.query = string_query(*request, "query");
    CO_TRY(limit, int_query(*request, "limit", 100, 1, 500));
    page.limit = limit;
    if (const std::string before = string_query(*request, "before"); !before.empty()) {
        auto reading = context.chat.store.get_session(base::SessionId(before));
        CO_TRY(row, co_await std::move(reading));
        page.before = row.id;
        page.before_updated_at = row.updated_at;
    }
    auto listing = context.inbox.list(Auth::owner(), std::move(page));
    CO_TRY(sessions, co_await std::move(listing));
    co_return ok(with_key("sessions", json::from(sessions)));
}

Handling create_session(AppContext& context, RequestPtr) {
    auto creating = context.inbox.create(Auth::owner(), "web");
    CO_TRY(row, co_await std::move(creating));
    co_return ok(json::from(chat::to_wire(row, false)), 201);
}

Handling get_session(AppContext& context, RequestPtr request) {
    auto viewing = context.inbox.view(Auth::owner(), session_param(*request));
    CO_TRY(view, co_await std::move(viewing));
    const bool running = view.running.has_value() || !view.queued.empty();
    co_return ok(json::from(chat::to_wire(view.row, running)));
}

Handling rename_session(AppContext& context, RequestPtr request) {
    CO_TRY(body, json_body(*request));
    auto renaming = context.inbox.rename(Auth::owner(), session_param(*request),
                                         json::string_or(json::find(body, "title")));
    CO_TRY(session, co_await std::move(renaming));
    co_return ok(json::from(session));
}

Handling delete_session(AppContext& context, RequestPtr request) {
    auto removing = context.inbox.remove(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(removing));
    co_return ok(json::Object{});
}

Handling clear_session(AppContext& context, RequestPtr request) {
    auto clearing = context.inbox.clear(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(clearing));
    co_return ok(json::Object{});
}

Handling stop_session(AppContext& context, RequestPtr request) {
    auto stopping = context.inbox.stop(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(stopping));
    co_return ok(json::Object{});
}

Handling export_session(AppContext& context, RequestPtr request) {
    const std::string format = string_query(*request, "format");
    if (!format.empty() && format != "markdown" && format != "json") {
        co_return base::fail(base::ErrorCode::invalid_argument,
                             "`format` must be markdown or json");
    }
    auto viewing = context.inbox.view(Auth::owner(), session_param(*request));
    CO_TRY(view, co_await std::move(viewing));
    ports::MessagePage page;
    page.session = view.row.id;
    page.limit = 1'000'000;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(messages, co_await std::move(listing));
    http::Response response;
    const bool as_json = format == "json";
    response.body = as_json ? export_json(view.row, messages)
                            : export_markdown(view.row, messages, context.chat.persona.name());
    response.headers.set("Content-Type",
                         as_json ? "application/json" : "text/markdown; charset=utf-8");
    response.headers.set("Content-Disposition",
                         fmt::format("attachment; filename=\"conversation-{}.{}\"",
                                     view.row.id.str().substr(0, 8), as_json ? "json" : "md"));
    co_return response;
}

Handling session_stats(AppContext& context, RequestPtr request) {
    auto viewing = context.inbox.view(Auth::owner(), session_param(*request));
    CO_TRY(view, co_await std::move(viewing));
    ports::MessagePage page;
    page.session = view.row.id;
    page.limit = 1'000'000;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(messages, co_await std::move(listing));
    co_return ok(session_statistics(messages));
}

// GET /api/chats of the earlier web chat: {sessions: [{id, title, started_at, message_count}],
// current}.
Handling list_chats(AppContext& context, RequestPtr) {
    ports::SessionPage page;
    auto listing = context.inbox.list(Auth::owner(), std::move(page));
    CO_TRY(sessions, co_await std::move(listing));
    json::Array items;
    for (const auto& session : sessions) {
        items.push_back(json::Object{{"id", session.id},
                                     {"title", session.title},
                                     {"started_at", session.created_at},
                                     {"message_count", session.message_count}});
    }
    json::Object body{{"sessions", std::move(items)}};
    body["current"] = sessions.empty() ? json::Value(nullptr) : json::Value(sessions.front().id);
    co_return ok(body);
}

Handling load_chat(AppContext& context, RequestPtr request) {
    CO_TRY(body, json_body(*request));
    const base::SessionId id(json::string_or(json::find(body, "id")));
    auto viewing = context.inbox.view(Auth::owner(), id);
    CO_TRY(view, co_await std::move(viewing));
    json::Array messages;
    for (const auto& row : view.messages) messages.push_back(json::from(chat::to_wire(row)));
    co_return ok(json::Object{{"id", id.str()}, {"messages", std::move(messages)}});
}

}  // namespace

void add_session_routes(http::Router& router, AppContext& context) {
    const auto add = [&](const char* method, const char* pattern, auto handler) {
        router.add(method, pattern, [&context, handler](RequestPtr request) {
            return handler(context, std::move(request));
        });
    };
    add("GET", "/api/sessions", list_sessions);
    add("POST", "/api/sessions", create_session);
    add("GET", "/api/sessions/{id}", get_session);
    add("PATCH", "/api/sessions/{id}", rename_session);
    add("DELETE", "/api/sessions/{id}", delete_session);
    add("POST", "/api/sessions/{id}/clear", clear_session);
    add("POST", "/api/sessions/{id}/stop", stop_session);
    add("GET", "/api/sessions/{id}/export", export_session);
    add("GET", "/api/sessions/{id}/stats", session_stats);
    add("GET", "/api/chats", list_chats);
    add("POST", "/api/chats/new", create_session);
    add("POST", "/api/chats/load", load_chat);
}

}  // namespace app

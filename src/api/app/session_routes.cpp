// Conversations: list, make, read, rename, clear, delete, export; and the routes of the earlier
// systems that mean the same (/api/chats*).
#include <utility>

#include <fmt/core.h>

#include "api/app/export.hpp"
#include "api/app/rows.hpp"
#include "chat/wire.hpp"

namespace app {
namespace {

const TextQuery kQuery{"query", "Full text: every word begins a word of the title or of a message"};
const TextQuery kBefore{"before", "The id of the last conversation of the page before"};
const IntQuery kLimit{"limit", "Most conversations to give", 100, 1, 500};
const TextQuery kFormat{"format", "What kind of file", {"markdown", "json"}};

Giving<SessionList> list_sessions(AppContext& context, RequestPtr request) {
    ports::SessionPage page;
    CO_TRY(query, query_of(*request, kQuery));
    page.query = std::move(query);
    CO_TRY(limit, query_of(*request, kLimit));
    page.limit = limit;
    CO_TRY(before, query_of(*request, kBefore));
    if (!before.empty()) {
        auto reading = context.chat.store.get_session(base::SessionId(before));
        CO_TRY(row, co_await std::move(reading));
        page.before = row.id;
        page.before_updated_at = row.updated_at;
    }
    auto listing = context.inbox.list(Auth::owner(), std::move(page));
    CO_TRY(sessions, co_await std::move(listing));
    co_return SessionList{std::move(sessions)};
}

Giving<protocol::Session> create_session(AppContext& context, RequestPtr) {
    auto creating = context.inbox.create(Auth::owner(), "web");
    CO_TRY(row, co_await std::move(creating));
    co_return chat::to_wire(row, false);
}

Giving<protocol::Session> get_session(AppContext& context, RequestPtr request) {
    auto viewing = context.inbox.view(Auth::owner(), session_param(*request));
    CO_TRY(view, co_await std::move(viewing));
    const bool running = view.running.has_value() || !view.queued.empty();
    co_return chat::to_wire(view.row, running);
}

Giving<protocol::Session> rename_session(AppContext& context, RequestPtr request, Rename to) {
    auto renaming = context.inbox.rename(Auth::owner(), session_param(*request), to.title);
    CO_TRY(session, co_await std::move(renaming));
    co_return session;
}

Giving<Done> delete_session(AppContext& context, RequestPtr request) {
    auto removing = context.inbox.remove(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(removing));
    co_return Done{};
}

Giving<protocol::Session> reset_session(AppContext& context, RequestPtr request) {
    auto resetting = context.inbox.reset(Auth::owner(), session_param(*request));
    CO_TRY(row, co_await std::move(resetting));
    co_return chat::to_wire(row, false);
}

Giving<Done> clear_session(AppContext& context, RequestPtr request) {
    auto clearing = context.inbox.clear(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(clearing));
    co_return Done{};
}

Giving<Done> stop_session(AppContext& context, RequestPtr request) {
    auto stopping = context.inbox.stop(Auth::owner(), session_param(*request));
    CO_TRY_DO(co_await std::move(stopping));
    co_return Done{};
}

Handling export_session(AppContext& context, RequestPtr request) {
    CO_TRY(format, query_of(*request, kFormat));
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

Giving<SessionStats> session_stats(AppContext& context, RequestPtr request) {
    auto viewing = context.inbox.view(Auth::owner(), session_param(*request));
    CO_TRY(view, co_await std::move(viewing));
    ports::MessagePage page;
    page.session = view.row.id;
    page.limit = 1'000'000;
    auto listing = context.chat.store.list_messages(std::move(page));
    CO_TRY(messages, co_await std::move(listing));
    co_return session_statistics(messages);
}

Giving<EarlierChats> list_chats(AppContext& context, RequestPtr) {
    ports::SessionPage page;
    auto listing = context.inbox.list(Auth::owner(), std::move(page));
    CO_TRY(sessions, co_await std::move(listing));
    EarlierChats chats;
    for (const auto& session : sessions) {
        chats.sessions.push_back(
            {session.id, session.title, session.created_at, session.message_count});
    }
    if (!sessions.empty()) chats.current = sessions.front().id;
    co_return chats;
}

Giving<LoadedChat> load_chat(AppContext& context, RequestPtr, LoadChat which) {
    auto viewing = context.inbox.view(Auth::owner(), base::SessionId(which.id));
    CO_TRY(view, co_await std::move(viewing));
    LoadedChat chat{view.row.id.str(), {}};
    for (const auto& row : view.messages) chat.messages.push_back(chat::to_wire(row));
    co_return chat;
}

// What the earlier web chat called clearing: the newest conversation is the current one.
Giving<Done> clear_chat(AppContext& context, RequestPtr) {
    ports::SessionPage page;
    page.limit = 1;
    auto listing = context.inbox.list(Auth::owner(), std::move(page));
    CO_TRY(sessions, co_await std::move(listing));
    if (sessions.empty()) co_return Done{};
    auto clearing = context.inbox.clear(Auth::owner(), base::SessionId(sessions.front().id));
    CO_TRY_DO(co_await std::move(clearing));
    co_return Done{};
}

}  // namespace

void add_session_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    rows.push_back(endpoint<&list_sessions>({.method = "GET",
                                             .path = "/api/sessions",
                                             .summary = "Conversations, newest first",
                                             .query = {kQuery, kBefore, kLimit},
                                             .errors = {not_found}},
                                            context));
    rows.push_back(endpoint<&create_session>({.method = "POST",
                                              .path = "/api/sessions",
                                              .summary = "A new conversation",
                                              .statuses = {201},
                                              .also = {"/api/chats/new"}},
                                             context));
    rows.push_back(endpoint<&get_session>(
        {.method = "GET", .path = "/api/sessions/{id}", .summary = "One conversation"}, context));
    rows.push_back(endpoint<&rename_session>(
        {.method = "PATCH", .path = "/api/sessions/{id}", .summary = "Gives it a title"}, context));
    rows.push_back(endpoint<&delete_session>({.method = "DELETE",
                                              .path = "/api/sessions/{id}",
                                              .summary = "Deletes it and its words for good"},
                                             context));
    rows.push_back(endpoint<&clear_session>({.method = "POST",
                                             .path = "/api/sessions/{id}/clear",
                                             .summary = "Removes what was said in it for good"},
                                            context));
    rows.push_back(
        endpoint<&stop_session>({.method = "POST",
                                 .path = "/api/sessions/{id}/stop",
                                 .summary = "Ends the running reply and empties the queue"},
                                context));
    rows.push_back(endpoint<&reset_session>({.method = "POST",
                                             .path = "/api/sessions/{id}/reset",
                                             .summary = "A new conversation that knows this one",
                                             .statuses = {201},
                                             .errors = {not_found}},
                                            context));
    rows.push_back(endpoint<&export_session>({.method = "GET",
                                              .path = "/api/sessions/{id}/export",
                                              .summary = "The conversation as a file",
                                              .query = {kFormat},
                                              .media = {"text/markdown", "application/json"}},
                                             context));
    rows.push_back(endpoint<&session_stats>({.method = "GET",
                                             .path = "/api/sessions/{id}/stats",
                                             .summary = "Messages, tokens and models"},
                                            context));
}

void add_earlier_routes(Endpoints& rows, AppContext& context) {
    using enum base::ErrorCode;
    rows.push_back(
        endpoint<&list_chats>({.method = "GET",
                               .path = "/api/chats",
                               .summary = "Conversations, in the words of the earlier web chat"},
                              context));
    rows.push_back(endpoint<&load_chat>({.method = "POST",
                                         .path = "/api/chats/load",
                                         .summary = "One conversation with its newest messages",
                                         .errors = {not_found}},
                                        context));
    rows.push_back(endpoint<&clear_chat>(
        {.method = "POST", .path = "/api/chat/clear", .summary = "Clears the newest conversation"},
        context));
}

}  // namespace app

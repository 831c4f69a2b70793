#include "api/app/app_api.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/core.h>
#include <fmt/format.h>

#include "api/app/rows.hpp"

namespace app {
namespace {

Handling give_openapi(const AppApi& api) {
    co_return http::json_response(api.openapi());
}

void add_row(http::Router& router, const Endpoint& row) {
    std::vector<const char*> paths{row.about.path};
    paths.insert(paths.end(), row.about.also.begin(), row.about.also.end());
    for (const char* path : paths) {
        if (const auto* handler = std::get_if<http::Handler>(&row.run)) {
            router.add(row.about.method, path, *handler, row.about.access, row.about.intake);
        } else if (const auto* stream = std::get_if<http::StreamHandler>(&row.run)) {
            router.add_stream(row.about.method, path, *stream, row.about.access);
        } else {
            router.add_websocket(path, std::get<http::WebSocketHandler>(row.run), row.socket);
        }
    }
}

}  // namespace

AppApi::AppApi(AppContext context) : context_(std::move(context)) {}
AppApi::~AppApi() = default;

void AppApi::add_routes(http::Router& router) {
    router.set_guard(context_.auth.guard());
    Endpoints rows;
    add_session_routes(rows, context_);
    add_earlier_routes(rows, context_);
    add_chat_routes(rows, context_);
    add_model_routes(rows, context_);
    add_house_routes(rows, context_);
    add_body_routes(rows, context_);
    add_asset_routes(rows, context_);
    add_socket(rows, context_);
    add_voice_socket(rows, context_);
    Endpoint document;
    document.about = {.method = "GET", .path = "/openapi.json", .summary = "This document"};
    document.answer = schema_of<json::Value>();
    document.run = [this](RequestPtr) { return give_openapi(*this); };
    rows.push_back(std::move(document));
    openapi_ = openapi_document(rows, context_.version);
    for (const Endpoint& row : rows) add_row(router, row);
}

base::Result<json::Value> json_body(const http::Request& request) {
    auto value = json::parse(request.body);
    if (!value) {
        auto error = std::move(value.error()).within("the request body");
        // Not our data is broken, but what the caller sent.
        if (error.code == base::ErrorCode::corrupt) error.code = base::ErrorCode::invalid_argument;
        return base::fail(std::move(error));
    }
    if (!value->is_object()) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the request body must be a JSON object");
    }
    return value;
}

base::Result<int> query_of(const http::Request& request, const IntQuery& parameter) {
    const auto item = request.query.find(parameter.name);
    if (item == request.query.end()) return parameter.fallback;
    const std::string& text = item->second;
    int value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (!whole || value < parameter.low || value > parameter.high) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("`{}` must be a whole number from {} to {}", parameter.name,
                                      parameter.low, parameter.high));
    }
    return value;
}

base::Result<std::string> query_of(const http::Request& request, const TextQuery& parameter) {
    const auto item = request.query.find(parameter.name);
    const bool given = item != request.query.end() && !item->second.empty();
    if (!given && parameter.required) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("`{}` is missing", parameter.name), parameter.about);
    }
    if (!given) return std::string();
    const bool known =
        parameter.choices.empty() ||
        std::ranges::any_of(parameter.choices, [&](auto choice) { return item->second == choice; });
    if (!known) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("`{}` must be one of {}", parameter.name,
                                      fmt::join(parameter.choices, ", ")));
    }
    return item->second;
}

base::SessionId session_param(const http::Request& request) {
    const auto item = request.params.find("id");
    return base::SessionId(item == request.params.end() ? std::string() : item->second);
}

http::Response error_answer(const base::Error& error) {
    http::Response response = http::error_response(error);
    for (const auto& [key, value] : error.details) {
        if (key == "retry_after_s") response.headers.set("Retry-After", value);
    }
    return response;
}

http::Response ok(const json::Value& value, int status) {
    return http::json_response(json::write(value), status);
}

}  // namespace app

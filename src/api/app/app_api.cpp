#include "api/app/app_api.hpp"

#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "api/app/routes.hpp"
#include "protocol/codec.hpp"

namespace app {

AppApi::AppApi(AppContext context) : context_(std::move(context)) {}
AppApi::~AppApi() = default;

void AppApi::add_routes(http::Router& router) {
    router.set_guard(context_.auth.guard());
    add_session_routes(router, context_);
    add_chat_routes(router, context_);
    add_model_routes(router, context_);
    add_house_routes(router, context_);
    add_socket(router, context_);
}

base::Result<json::Value> json_body(const http::Request& request) {
    auto value = json::parse(request.body);
    if (!value) return base::fail(std::move(value.error()).within("the request body"));
    if (!value->is_object()) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the request body must be a JSON object");
    }
    return value;
}

base::Result<int> int_query(const http::Request& request, const std::string& name, int fallback,
                            int low, int high) {
    const auto item = request.query.find(name);
    if (item == request.query.end()) return fallback;
    const std::string& text = item->second;
    int value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (!whole || value < low || value > high) {
        return base::fail(
            base::ErrorCode::invalid_argument,
            fmt::format("`{}` must be a whole number from {} to {}", name, low, high));
    }
    return value;
}

std::string string_query(const http::Request& request, const std::string& name) {
    const auto item = request.query.find(name);
    return item == request.query.end() ? std::string() : item->second;
}

base::SessionId session_param(const http::Request& request) {
    const auto item = request.params.find("id");
    return base::SessionId(item == request.params.end() ? std::string() : item->second);
}

http::Response ok(const json::Value& value, int status) {
    return http::json_response(json::write(value), status);
}

}  // namespace app

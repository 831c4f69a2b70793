// The route groups of the surface; each adds its handlers to the router. Private to api/app.
#pragma once

#include "api/app/app_api.hpp"

namespace app {

using Handling = async::Task<base::Result<http::Response>>;
using RequestPtr = std::shared_ptr<http::Request>;

void add_session_routes(http::Router& router, AppContext& context);
void add_chat_routes(http::Router& router, AppContext& context);
void add_model_routes(http::Router& router, AppContext& context);
void add_house_routes(http::Router& router, AppContext& context);
void add_socket(http::Router& router, AppContext& context);

// The body as a JSON object. Errors: invalid_argument, corrupt, too_large.
[[nodiscard]] base::Result<json::Value> json_body(const http::Request& request);
// A whole number of the query within [low, high]; `fallback` when absent.
[[nodiscard]] base::Result<int> int_query(const http::Request& request, const std::string& name,
                                          int fallback, int low, int high);
[[nodiscard]] std::string string_query(const http::Request& request, const std::string& name);
[[nodiscard]] base::SessionId session_param(const http::Request& request);
[[nodiscard]] http::Response ok(const json::Value& value, int status = 200);

}  // namespace app

// What the route groups of the surface share; each adds its rows to the table. Private to api/app.
#pragma once

#include "api/app/app_api.hpp"

namespace app {

using Handling = async::Task<base::Result<http::Response>>;
using RequestPtr = std::shared_ptr<http::Request>;

// The body as a JSON object. Errors: invalid_argument, too_large.
[[nodiscard]] base::Result<json::Value> json_body(const http::Request& request);
[[nodiscard]] base::SessionId session_param(const http::Request& request);
[[nodiscard]] http::Response ok(const json::Value& value, int status = 200);
// With Retry-After where the error says when.
[[nodiscard]] http::Response error_answer(const base::Error& error);

}  // namespace app

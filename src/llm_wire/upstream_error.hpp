// Turns a remote provider's failure (status, headers, body of any shape) into one typed Error:
// what it was, whose fault, when to try again. Pure; any thread. The provider's own words, which
// may repeat the person's, are kept in the hint alone: shortened, without keys, control characters
// and long quotations. The message, which is logged, holds none of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/types.hpp"
#include "json/json.hpp"

namespace llm_wire {

// A failed HTTP reply, or an error object inside a good one.
struct Failure {
    std::string provider;     // as the person knows it: "openrouter"
    std::string key_setting;  // where its key is set: "llm.api_key"
    std::string model;
    int status = 0;
    http::Headers headers;
    std::string body;
    long long now_ms = 0;  // wall time, for dates in headers
};

// unauthorized, forbidden (credit), not_found, too_large (context), rate_limited (with detail
// "retry_after_s" where known), timeout, unavailable, invalid_argument, upstream.
[[nodiscard]] base::Error to_error(const Failure& failure);

// What an error body says, in whatever dialect.
struct ErrorWords {
    std::string type;  // "invalid_request_error", "context_length_exceeded", …
    std::string message;
    int status = 0;  // when the body names one
    std::optional<double> retry_after_s;
};
[[nodiscard]] std::optional<ErrorWords> read_error(const json::Value& body);
// An error object that came in a stream already begun (status 200).
[[nodiscard]] base::Error to_error(Failure failure, const ErrorWords& words);

// Seconds to wait by Retry-After (seconds or date), retry-after-ms or x-ratelimit-reset*.
[[nodiscard]] std::optional<double> retry_after_s(const http::Headers& headers, long long now_ms);

// Safe to show: one line, no secrets, at most 200 characters.
[[nodiscard]] std::string presentable(std::string_view words);

}  // namespace llm_wire

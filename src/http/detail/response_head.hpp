// Writes the status line and headers of an answer, with the security headers that every answer
// carries. Pure apart from the clock for Date; io thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/types.hpp"

namespace http::detail {

struct ResponseHead {
    int status = 200;
    Headers headers;  // the handler's; framing headers in it are ignored
    std::string request_id;
    std::optional<std::uint64_t> length;  // none: chunked, or until the connection closes
    bool chunked = false;
    bool keep_alive = true;
    std::optional<std::string> cors_origin;  // an allowed other origin
};

[[nodiscard]] std::string format_head(const ResponseHead& head);
// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string format_http_date(long long unix_seconds);

}  // namespace http::detail

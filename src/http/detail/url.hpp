// A parsed http or https address, and how a redirect target is found from it. Values; any thread.
// Errors: invalid_argument, unavailable (no libcurl). No error text holds the path or query, which
// may carry a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace http::detail {

struct Url {
    std::string text;
    std::string origin;  // scheme://host:port, lower case, the port always given
    bool secure = false;
};

[[nodiscard]] base::Result<Url> parse_url(const std::string& text);
// `reference` may be relative to `base`.
[[nodiscard]] base::Result<Url> resolve_url(const Url& base, std::string_view reference);

}  // namespace http::detail

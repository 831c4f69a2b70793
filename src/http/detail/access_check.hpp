// Which Host and Origin names may reach the server. This is what keeps a web page that the owner
// happens to visit from talking to it (DNS rebinding, cross-site sockets). Pure; any thread.
// Errors: forbidden, with the setting to change.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/types.hpp"

namespace http::detail {

class AccessCheck {
public:
    // Loopback names and addresses are always allowed, with any port.
    AccessCheck(const std::string& host, const std::vector<std::string>& allowed_hosts);

    [[nodiscard]] base::Result<void> check(const Headers& headers) const;
    // The Origin header when it is another origin than Host: such an answer needs CORS headers.
    [[nodiscard]] static std::optional<std::string> cross_origin(const Headers& headers);

private:
    [[nodiscard]] bool allows(std::string_view authority) const;
    std::set<std::string, std::less<>> names_;
};

// The host of "name", "name:port", "[v6]" or "[v6]:port" in lower case; empty when malformed.
[[nodiscard]] std::string host_of(std::string_view authority);

}  // namespace http::detail

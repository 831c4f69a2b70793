#include "http/detail/access_check.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"

namespace http::detail {
namespace {

bool is_loopback(const std::string& host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

bool is_port(std::string_view text) {
    return text.size() <= 5 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What follows "scheme://" of a web origin; empty for "null" and anything else.
std::string_view authority_of(std::string_view origin) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (origin.starts_with(scheme)) return origin.substr(scheme.size());
    }
    return {};
}

}  // namespace

std::string host_of(std::string_view authority) {
    std::string_view host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return {};
        host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        if (!port.empty() && port.front() != ':') return {};
        if (!port.empty()) port.remove_prefix(1);
    } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
    }
    if (!is_port(port) || host.find_first_of("/\\@?# ") != std::string_view::npos) return {};
    if (host.ends_with('.')) host.remove_suffix(1);
    return base::to_lower_ascii(host);
}

AccessCheck::AccessCheck(const std::string& host, const std::vector<std::string>& allowed_hosts) {
    names_.insert(base::to_lower_ascii(host));
    for (const std::string& name : allowed_hosts) {
        // An IPv6 address may be listed with or without brackets; other names may carry a port.
        const bool bare_v6 = std::ranges::count(name, ':') > 1 && !name.starts_with('[');
        names_.insert(bare_v6 ? base::to_lower_ascii(name) : host_of(name));
    }
    names_.erase("");
}

bool AccessCheck::allows(std::string_view authority) const {
    const std::string host = host_of(authority);
    return !host.empty() && (is_loopback(host) || names_.contains(host));
}

base::Result<void> AccessCheck::check(const Headers& headers) const {
    const auto host = headers.get("Host");
    if (host && !allows(*host)) {
        return base::fail(base::ErrorCode::forbidden,
                          "this server is not reachable under the host name of the request",
                          "open it under its own address, or add the name to allowed_hosts");
    }
    const auto origin = headers.get("Origin");
    if (origin && !allows(authority_of(*origin))) {
        return base::fail(base::ErrorCode::forbidden,
                          "a page of another site may not talk to this server",
                          "if the site is yours, add its host name to allowed_hosts");
    }
    return {};
}

std::optional<std::string> AccessCheck::cross_origin(const Headers& headers) {
    const auto origin = headers.get("Origin");
    const auto host = headers.get("Host");
    if (!origin || (host && authority_of(*origin) == *host)) return std::nullopt;
    return std::string(*origin);
}

}  // namespace http::detail

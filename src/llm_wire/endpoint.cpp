#include "llm_wire/endpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/log.hpp"
#include "base/text.hpp"

namespace llm_wire {
namespace {

// Lists come from memory; only a reply may take long to begin.
constexpr std::chrono::milliseconds kListIdleTimeout{15'000};
constexpr std::size_t kMaxReplyBody = 64'000'000;

std::string host_of(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
        url.remove_prefix(scheme + 3);
    }
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    if (url.starts_with('[')) return base::to_lower_ascii(url.substr(1, url.find(']') - 1));
    return base::to_lower_ascii(url.substr(0, url.find(':')));
}

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view host) {
    std::array<std::uint8_t, 4> bytes{};
    const auto parts = base::split(host, '.');
    if (parts.size() != bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* end = parts[i].data() + parts[i].size();
        const auto parsed = std::from_chars(parts[i].data(), end, bytes[i]);
        if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    }
    return bytes;
}

http::ClientRequest make_request(const Endpoint& endpoint, std::string url) {
    http::ClientRequest request;
    request.url = std::move(url);
    request.connect_timeout = endpoint.connect_timeout;
    request.idle_timeout = endpoint.idle_timeout;
    request.max_body = kMaxReplyBody;
    for (const auto& [name, value] : endpoint.headers) request.headers.set(name, value);
    return request;
}

}  // namespace

void register_secrets(const Endpoint& endpoint) {
    base::log::add_secret(endpoint.api_key);
    for (const auto& [name, value] : endpoint.headers) {
        const std::string lower = base::to_lower_ascii(name);
        const bool secret = lower.contains("secret") || lower.contains("key") ||
                            lower.contains("token") || lower.contains("authorization") ||
                            lower.contains("cookie") || lower.starts_with("cf-access-");
        if (secret) base::log::add_secret(value);
    }
}

ports::LlmPlace place_of(std::string_view url) {
    using ports::LlmPlace;
    const std::string host = host_of(url);
    if (host == "localhost" || host.ends_with(".localhost") || host == "::1") {
        return LlmPlace::here;
    }
    if (const auto ip = parse_ipv4(host)) {
        const auto [a, b, c, d] = *ip;
        if (a == 127) return LlmPlace::here;
        const bool own = a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
                         (a == 169 && b == 254) || (a == 100 && b >= 64 && b < 128);
        return own ? LlmPlace::local_network : LlmPlace::cloud;
    }
    const bool own_v6 = host.contains(':') && (host.starts_with("fe80:") ||
                                               host.starts_with("fc") || host.starts_with("fd"));
    const bool own_name =
        !host.contains(':') &&
        (!host.contains('.') || host.ends_with(".local") || host.ends_with(".lan") ||
         host.ends_with(".internal") || host.ends_with(".home.arpa"));
    return own_v6 || own_name ? LlmPlace::local_network : LlmPlace::cloud;
}

std::string join_url(std::string_view base_url, std::string_view path) {
    while (base_url.ends_with('/')) base_url.remove_suffix(1);
    return std::string(base_url) + std::string(path);
}

http::ClientRequest make_get(const Endpoint& endpoint, std::string url) {
    http::ClientRequest request = make_request(endpoint, std::move(url));
    request.headers.set("Accept", "application/json");
    request.idle_timeout = std::min(request.idle_timeout, kListIdleTimeout);
    return request;
}

http::ClientRequest make_post(const Endpoint& endpoint, std::string url, std::string json_body) {
    http::ClientRequest request = make_request(endpoint, std::move(url));
    request.method = "POST";
    request.headers.set("Content-Type", "application/json");
    request.body = std::move(json_body);
    return request;
}

}  // namespace llm_wire

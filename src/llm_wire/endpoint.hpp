// Where a remote provider lives and how to get in. A plain value made from the config at the
// composition root. The key and the values of extra headers are secrets: register_secrets() makes
// the log hide them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "ports/llm.hpp"

namespace llm_wire {

struct Endpoint {
    std::string base_url;
    std::string api_key;
    std::string key_setting = "llm.api_key";  // named in errors, never its value
    // Sent with every request: CF-Access-Client-Id/-Secret, HTTP-Referer, X-Title, any.
    std::vector<std::pair<std::string, std::string>> headers;
    std::chrono::milliseconds connect_timeout{10'000};
    // A local model may read a long prompt for minutes before its first byte.
    std::chrono::milliseconds idle_timeout{300'000};
};

void register_secrets(const Endpoint& endpoint);

// Loopback: here. Private, link-local and .local names: local_network. Everything else: cloud.
[[nodiscard]] ports::LlmPlace place_of(std::string_view url);

// `base_url` without trailing slashes, then `path` ("/chat/completions").
[[nodiscard]] std::string join_url(std::string_view base_url, std::string_view path);

[[nodiscard]] http::ClientRequest make_get(const Endpoint& endpoint, std::string url);
[[nodiscard]] http::ClientRequest make_post(const Endpoint& endpoint, std::string url,
                                            std::string json_body);

}  // namespace llm_wire

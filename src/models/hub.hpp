// What a model hub says about a file: its size, its SHA-256 and where to get it. io thread.
// Errors: not_found (repository or file), unauthorized (a licence must be accepted there first),
// rate_limited, upstream, unavailable, unsupported (the hub states no hash), cancelled.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "models/catalogue.hpp"

namespace models {

// The public hub that models are brought from when the setting names no other.
inline constexpr std::string_view kPublicHub = "https://huggingface.co";

struct HubAccess {
    std::string url;    // empty: kPublicHub
    std::string token;  // for files behind an accepted licence; empty: none
};

struct HubFileFacts {
    std::string url;  // of the bytes
    std::string sha256;
    long long bytes = 0;
};

// `client` must outlive the call.
[[nodiscard]] async::Task<base::Result<HubFileFacts>> ask_hub(http::Client& client,
                                                              HubAccess access, HubFile file,
                                                              std::stop_token stop);

// Headers that go with every request to the hub.
[[nodiscard]] http::Headers hub_headers(const HubAccess& access);

// A failing answer of the hub as an error; `about` is "organisation/name".
[[nodiscard]] base::Error hub_error(int status, const http::Headers& headers,
                                    const std::string& about);

}  // namespace models

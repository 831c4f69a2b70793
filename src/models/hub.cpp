#include "models/hub.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "json/json.hpp"

namespace models {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxListing = 8'000'000;

std::string encode_path(std::string_view path) {
    std::string out;
    for (const auto part : base::split(path, '/')) {
        if (!out.empty()) out += '/';
        out += http::url_encode(part);
    }
    return out;
}

std::string base_of(const HubAccess& access) {
    std::string url = access.url.empty() ? std::string(kPublicHub) : access.url;
    while (url.ends_with('/')) url.pop_back();
    return url;
}

// The hub writes the hash with or without the name of the algorithm.
std::string sha256_of(const json::Value& item) {
    std::string hash = json::string_or(json::find_path(item, "lfs.oid"));
    if (hash.empty()) hash = json::string_or(json::find_path(item, "lfs.sha256"));
    if (hash.starts_with("sha256:")) hash.erase(0, 7);
    hash = base::to_lower_ascii(hash);
    const bool good =
        hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
    return good ? hash : std::string();
}

base::Result<HubFileFacts> facts_in(const json::Value& listing, const HubFile& file) {
    if (!listing.is_array()) {
        return base::fail(ErrorCode::upstream, "the model hub answered with something unexpected",
                          "check models.hub_url");
    }
    for (const auto& item : listing.get_array()) {
        if (json::string_or(json::find(item, "path")) != file.file) continue;
        HubFileFacts facts;
        facts.sha256 = sha256_of(item);
        facts.bytes = json::int_or(json::find_path(item, "lfs.size"),
                                   json::int_or(json::find(item, "size"), 0));
        if (facts.sha256.empty() || facts.bytes <= 0) {
            return base::fail(
                ErrorCode::unsupported,
                fmt::format("the model hub states no hash for {} of {}", file.file, file.repo),
                "choose another file; without a hash it cannot be verified");
        }
        return facts;
    }
    return base::fail(
        ErrorCode::not_found,
        fmt::format("there is no file {} in {} on the model hub", file.file, file.repo),
        "look at the repository's list of files");
}

}  // namespace

http::Headers hub_headers(const HubAccess& access) {
    http::Headers headers;
    headers.set("User-Agent", "loci");
    if (!access.token.empty()) headers.set("Authorization", "Bearer " + access.token);
    return headers;
}

base::Error hub_error(int status, const http::Headers& headers, const std::string& about) {
    if (status == 401 || status == 403) {
        return base::make_error(
            ErrorCode::unauthorized,
            fmt::format("the model hub does not hand out {} (HTTP {})", about, status),
            "if its licence must be accepted first, do so on the hub's page, download the "
            "file there and put it into the models folder; else check the name");
    }
    if (status == 404) {
        return base::make_error(ErrorCode::not_found,
                                fmt::format("the model hub does not know {}", about),
                                "check the name of the repository");
    }
    if (status == 429 || status == 503) {
        auto error = base::make_error(ErrorCode::rate_limited,
                                      fmt::format("the model hub is busy (HTTP {})", status),
                                      "try again in a few minutes");
        if (const auto after = headers.get("retry-after")) {
            error.details.emplace_back("retry_after_s", std::string(*after).substr(0, 20));
        }
        return error;
    }
    return base::make_error(ErrorCode::upstream,
                            fmt::format("the model hub failed (HTTP {})", status),
                            "try again, or check models.hub_url");
}

async::Task<base::Result<HubFileFacts>> ask_hub(http::Client& client, HubAccess access,
                                                HubFile file, std::stop_token stop) {
    const std::string hub = base_of(access);
    const std::size_t slash = file.file.rfind('/');
    const std::string folder =
        slash == std::string::npos ? std::string() : "/" + encode_path(file.file.substr(0, slash));
    http::ClientRequest request;
    request.url = fmt::format("{}/api/models/{}/tree/{}{}", hub, encode_path(file.repo),
                              http::url_encode(file.revision), folder);
    request.headers = hub_headers(access);
    request.headers.set("Accept", "application/json");
    request.max_body = kMaxListing;
    auto fetch = client.fetch(std::move(request), std::move(stop));
    CO_TRY(response, co_await std::move(fetch));
    if (response.status != 200) {
        co_return base::fail(hub_error(response.status, response.headers, file.repo));
    }
    const auto listing = json::parse(response.body);
    CO_TRY(facts, facts_in(listing.value_or(json::Value()), file));
    facts.url = fmt::format("{}/{}/resolve/{}/{}", hub, encode_path(file.repo),
                            http::url_encode(file.revision), encode_path(file.file));
    co_return facts;
}

}  // namespace models

#include "api/app/auth.hpp"

#include <utility>

#include "crypto/secret.hpp"
#include "crypto/sha256.hpp"

namespace app {
namespace {

base::Error denied() {
    return base::make_error(base::ErrorCode::unauthorized, "this server wants a key",
                            "send it as `Authorization: Bearer KEY`, or log in on the page");
}

}  // namespace

Auth::Auth(std::string key) : key_(std::move(key)) {
    if (!key_.empty()) token_ = crypto::sha256_hex("loci login token 1\n" + key_);
}

bool Auth::accepts(std::string_view credential) const {
    if (!enabled()) return true;
    const bool is_key = crypto::same_secret(credential, key_);
    const bool is_token = crypto::same_secret(credential, token_);
    return is_key || is_token;
}

bool Auth::admits(const http::Request& request) const {
    if (!enabled()) return true;
    constexpr std::string_view kBearer = "Bearer ";
    if (const auto header = request.headers.get("Authorization")) {
        return header->starts_with(kBearer) && accepts(header->substr(kBearer.size()));
    }
    const auto token = request.query.find("token");
    return token != request.query.end() && accepts(token->second);
}

base::Result<std::string> Auth::login(std::string_view key) const {
    if (!enabled()) return std::string();
    if (!crypto::same_secret(key, key_)) {
        return base::fail(base::ErrorCode::unauthorized, "the key is wrong",
                          "it is the value of auth.key in the configuration");
    }
    return token_;
}

http::Guard Auth::guard() const {
    return [this](const http::Request& request) -> base::Result<void> {
        if (admits(request)) return {};
        return base::fail(denied());
    };
}

}  // namespace app

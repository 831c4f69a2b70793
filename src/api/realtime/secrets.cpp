#include "api/realtime/secrets.hpp"

#include <algorithm>
#include <utility>

#include "crypto/secret.hpp"
#include "crypto/sha256.hpp"

namespace realtime {

void Secrets::forget_old() {
    const long long now = clock_.wall_ms() / 1000;
    std::erase_if(kept_, [&](const auto& one) { return one.second.expires_at <= now; });
    while (kept_.size() >= kMost) {
        kept_.erase(std::ranges::min_element(
            kept_, {}, [](const auto& one) { return one.second.expires_at; }));
    }
}

Secrets::Made Secrets::make(SessionConfig config, std::chrono::seconds life) {
    forget_old();
    Made made{"ek_" + crypto::random_token(24), clock_.wall_ms() / 1000 + life.count()};
    // By its hash, so that finding one takes as long for any wrong value.
    kept_[crypto::sha256_hex(made.value)] = {std::move(config), made.expires_at};
    return made;
}

std::optional<SessionConfig> Secrets::find(std::string_view value) {
    forget_old();
    const auto found = kept_.find(crypto::sha256_hex(value));
    if (found == kept_.end()) return std::nullopt;
    return found->second.config;
}

}  // namespace realtime

// Secrets: short-lived keys that open one kind of Realtime session, for programs that must not know
// the owner's key. Kept in memory only. Owned by the composition root's RealtimeApi; io thread
// only.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/realtime/session_config.hpp"
#include "async/clock.hpp"

namespace realtime {

class Secrets {
public:
    static constexpr std::size_t kMost = 1'000;  // the one that ends first goes when there are more

    explicit Secrets(async::Clock& clock) : clock_(clock) {}

    struct Made {
        std::string value;  // "ek_…"
        long long expires_at = 0;
    };
    [[nodiscard]] Made make(SessionConfig config, std::chrono::seconds life);
    // The session that it opens; empty: unknown or over.
    [[nodiscard]] std::optional<SessionConfig> find(std::string_view value);

private:
    struct Kept {
        SessionConfig config;
        long long expires_at = 0;
    };
    void forget_old();
    async::Clock& clock_;
    std::map<std::string, Kept> kept_;  // by the hash of the value
};

}  // namespace realtime

// Auth: the owner's key. Off while no key is set. A login exchanges the key for a token that stays
// valid across restarts and dies with the key. Pure; io thread only.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "http/server.hpp"

namespace app {

class Auth {
public:
    explicit Auth(std::string key);

    [[nodiscard]] bool enabled() const { return !key_.empty(); }
    // Key or token, compared in constant time.
    [[nodiscard]] bool accepts(std::string_view credential) const;
    // Takes `Authorization: Bearer …`, or `?token=` where the caller cannot set headers.
    [[nodiscard]] bool admits(const http::Request& request) const;
    // Errors: unauthorized.
    [[nodiscard]] base::Result<std::string> login(std::string_view key) const;
    [[nodiscard]] http::Guard guard() const;

    // Who speaks through this surface. One owner on the ground floor.
    [[nodiscard]] static base::PersonId owner() { return base::PersonId("owner"); }

private:
    std::string key_;
    std::string token_;
};

}  // namespace app

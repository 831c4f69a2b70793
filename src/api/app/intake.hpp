// Intake: how often one person may say something through one channel (token buckets), beside the
// limit per address that the HTTP server keeps: a socket's messages are no requests. Owned by the
// composition root; io thread only. Over the limit: rate_limited with the detail "retry_after_s".
#pragma once

#include <string_view>

#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "http/rate_limit.hpp"

namespace app {

struct IntakeOptions {
    double messages_per_minute = 600;  // 0: no limit
    double message_burst = 100;
};

class Intake {
public:
    Intake(async::Clock& clock, IntakeOptions options);

    void configure(IntakeOptions options);
    [[nodiscard]] base::Result<void> take_message(const base::PersonId& person,
                                                  std::string_view channel);

private:
    async::Clock& clock_;
    http::RateLimit messages_;
};

}  // namespace app

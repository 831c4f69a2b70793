#include "api/app/intake.hpp"

#include <string>

#include <fmt/core.h>

namespace app {

Intake::Intake(async::Clock& clock, IntakeOptions options)
    : clock_(clock), messages_(options.messages_per_minute / 60, options.message_burst) {}

void Intake::configure(IntakeOptions options) {
    messages_ = http::RateLimit(options.messages_per_minute / 60, options.message_burst);
}

base::Result<void> Intake::take_message(const base::PersonId& person, std::string_view channel) {
    const std::string key = fmt::format("{} {}", channel, person.str());
    const http::RateLimit::Time now(
        std::chrono::duration_cast<http::RateLimit::Time::duration>(clock_.steady()));
    const auto wait = messages_.refuse(key, now);
    if (!wait) return {};
    return base::fail(
        base::make_error(
            base::ErrorCode::rate_limited, "too many messages in a short time",
            fmt::format("try again in {} s (limits.messages_per_minute)", wait->count()))
            .with("retry_after_s", std::to_string(wait->count())));
}

}  // namespace app

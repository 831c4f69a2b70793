#include "adapters/llm_fallback/retrying_llm.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "adapters/llm_fallback/delivery_watch.hpp"
#include "base/log.hpp"

namespace adapters {
namespace {

using std::chrono::milliseconds;

bool may_pass(base::ErrorCode code) {
    switch (code) {
        case base::ErrorCode::rate_limited:
        case base::ErrorCode::unavailable:
        case base::ErrorCode::upstream:
        case base::ErrorCode::timeout:
        case base::ErrorCode::engine_crashed:
            return true;
        default:
            return false;
    }
}

std::optional<milliseconds> asked_pause(const base::Error& error) {
    for (const auto& [key, value] : error.details) {
        if (key != "retry_after_s") continue;
        double seconds = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (parsed.ec == std::errc() && seconds >= 0 && seconds < 1e6) {
            return milliseconds(static_cast<long long>(seconds * 1000));
        }
    }
    return std::nullopt;
}

}  // namespace

RetryingLlm::RetryingLlm(ports::LlmProvider& inner, async::Clock& clock, RetryPolicy policy,
                         std::uint32_t seed)
    : inner_(inner), clock_(clock), policy_(policy), random_(seed) {}

milliseconds RetryingLlm::pause_before(int attempt, const base::Error& error) {
    double pause = static_cast<double>(policy_.first_pause.count());
    for (int i = 1; i < attempt; ++i) pause *= 2;
    pause = std::min(pause, static_cast<double>(policy_.longest_pause.count()));
    std::uniform_real_distribution<double> spread(-policy_.jitter, policy_.jitter);
    pause *= 1 + spread(random_);
    // Asked to wait: never less; the jitter keeps many clients from coming back together.
    if (const auto asked = asked_pause(error)) {
        std::uniform_real_distribution<double> more(0, policy_.jitter);
        pause = std::max(pause, static_cast<double>(asked->count()) * (1 + more(random_) / 4));
    }
    return milliseconds(static_cast<long long>(pause));
}

async::Task<base::Result<ports::LlmOutcome>> RetryingLlm::chat(ports::LlmRequest request,
                                                               ports::LlmSink& sink,
                                                               std::stop_token stop) {
    const auto began = clock_.steady();
    for (int attempt = 1;; ++attempt) {
        DeliveryWatch watch(sink);
        auto trying = inner_.chat(request, watch, stop);
        auto outcome = co_await std::move(trying);
        if (outcome || watch.delivered() || !may_pass(outcome.error().code)) co_return outcome;
        const bool busy = outcome.error().code == base::ErrorCode::rate_limited;
        const int most = busy ? policy_.max_attempts_busy : policy_.max_attempts;
        const milliseconds pause = pause_before(attempt, outcome.error());
        if (attempt >= most || clock_.steady() - began + pause > policy_.patience) {
            co_return base::fail(
                std::move(outcome.error()).with("attempts", std::to_string(attempt)));
        }
        LOG_INFO("llm", "trying again", {"request", request.trace}, {"provider", inner_.name()},
                 {"attempt", attempt}, {"code", base::to_string(outcome.error().code)},
                 {"pause_ms", pause.count()});
        const bool came = co_await clock_.sleep_for(pause, stop);
        if (!came) co_return base::fail(base::ErrorCode::cancelled, "the reply was stopped");
    }
}

}  // namespace adapters

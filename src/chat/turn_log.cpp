#include "chat/turn_log.hpp"

#include <string>

#include <fmt/core.h>

#include "base/log.hpp"

namespace chat {
namespace {

std::string in_ms(double ms) {
    return fmt::format("{:.1f}", ms);
}

std::string result_of(const base::Result<ports::LlmOutcome>& outcome) {
    if (!outcome) return std::string(base::to_string(outcome.error().code));
    switch (outcome->finish) {
        case ports::LlmFinish::stop:
            return "stop";
        case ports::LlmFinish::length:
            return "length";
        case ports::LlmFinish::tool_calls:
            return "tool_calls";
        case ports::LlmFinish::content_filter:
            return "content_filter";
        case ports::LlmFinish::stopped:
            return "stopped";
    }
    return "stop";
}

}  // namespace

void log_accepted(const Receipt& receipt, const base::RequestId& request) {
    LOG_INFO("chat", "message accepted",
             {"request", request.empty() ? receipt.turn.id.str() : request.str()},
             {"turn", receipt.turn.id.str()}, {"session", receipt.turn.session.str()},
             {"position", receipt.position});
}

void log_model_call(const TurnJob& job, const ModelRoute& route,
                    const base::Result<ports::LlmOutcome>& outcome, CallTimes times) {
    const auto usage = outcome ? outcome->usage.value_or(ports::LlmUsage{}) : ports::LlmUsage{};
    LOG_INFO("llm", "model call ended", {"request", job.request.str()}, {"turn", job.turn.id.str()},
             {"provider", route.provider->name()}, {"model", route.profile.id},
             {"result", result_of(outcome)},
             {"first_token_ms",
              times.first_token ? in_ms(*times.first_token - times.asked) : std::string("none")},
             {"ms", in_ms(times.total)}, {"prompt_tokens", usage.prompt_tokens},
             {"completion_tokens", usage.completion_tokens});
}

}  // namespace chat

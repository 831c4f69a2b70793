#include "adapters/llm_fallback/fallback_llm.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "adapters/llm_fallback/delivery_watch.hpp"
#include "base/log.hpp"

namespace adapters {
namespace {

// Failures that another provider may not share.
bool another_may_do_better(base::ErrorCode code) {
    switch (code) {
        case base::ErrorCode::cancelled:
        case base::ErrorCode::internal:
            return false;
        default:
            return true;
    }
}

}  // namespace

FallbackLlm::FallbackLlm(std::vector<FallbackStep> steps, ports::LlmPlace widest)
    : steps_(std::move(steps)) {
    std::erase_if(steps_, [widest](const FallbackStep& step) {
        return step.provider == nullptr || step.provider->place() > widest;
    });
}

std::string FallbackLlm::name() const {
    return steps_.empty() ? "none" : steps_.front().provider->name();
}

ports::LlmPlace FallbackLlm::place() const {
    auto farthest = ports::LlmPlace::here;
    for (const auto& step : steps_) farthest = std::max(farthest, step.provider->place());
    return farthest;
}

async::Task<base::Result<ports::LlmOutcome>> FallbackLlm::chat(ports::LlmRequest request,
                                                               ports::LlmSink& sink,
                                                               std::stop_token stop) {
    std::optional<base::Error> first;
    for (const auto& step : steps_) {
        ports::LlmRequest own = request;
        if (!step.model.empty()) own.model = step.model;
        DeliveryWatch watch(sink);
        auto asking = step.provider->chat(std::move(own), watch, stop);
        auto outcome = co_await std::move(asking);
        if (outcome) last_provider_ = step.provider->name();
        if (outcome || watch.delivered() || !another_may_do_better(outcome.error().code)) {
            co_return outcome;
        }
        LOG_WARN("llm", "provider failed", {"request", request.trace},
                 {"provider", step.provider->name()},
                 {"code", base::to_string(outcome.error().code)});
        if (!first) {
            first = std::move(outcome.error());
        } else {
            first->details.emplace_back("fallback." + step.provider->name(),
                                        base::to_string(outcome.error().code));
        }
    }
    if (!first) {
        first = base::make_error(base::ErrorCode::forbidden,
                                 "the privacy setting leaves no provider to ask",
                                 "allow a wider place, or set up a local model");
    }
    co_return base::fail(std::move(*first));
}

async::Task<base::Result<ports::LlmUsage>> FallbackLlm::prepare(ports::LlmRequest request,
                                                                std::stop_token stop) {
    if (steps_.empty()) co_return ports::LlmUsage{};
    const auto& first = steps_.front();
    if (!first.model.empty()) request.model = first.model;
    auto reading = first.provider->prepare(std::move(request), std::move(stop));
    co_return co_await std::move(reading);
}

bool FallbackLlm::reads_ahead() const {
    return !steps_.empty() && steps_.front().provider->reads_ahead();
}

async::Task<base::Result<std::vector<ports::LlmModel>>> FallbackLlm::models() {
    std::vector<ports::LlmModel> all;
    std::optional<base::Error> first;
    bool any = steps_.empty();
    for (const auto& step : steps_) {
        auto listing = step.provider->models();
        auto models = co_await std::move(listing);
        if (models) {
            any = true;
            std::ranges::move(*models, std::back_inserter(all));
        } else if (!first) {
            first = std::move(models.error());
        }
    }
    if (!any) co_return base::fail(std::move(*first));
    co_return all;
}

async::Task<base::Result<int>> FallbackLlm::count_tokens(std::string model, std::string text) {
    if (steps_.empty()) {
        co_return base::fail(base::ErrorCode::unsupported, "there is no provider to count tokens");
    }
    auto counting = steps_.front().provider->count_tokens(std::move(model), std::move(text));
    auto count = co_await std::move(counting);
    co_return count;
}

}  // namespace adapters

// RetryingLlm: a provider that tries another one again after passing failures, with growing,
// jittered pauses, and waits as long as the provider asked. Never after the first event left.
// Owned by the composition root; io thread. The last error is given on, with detail "attempts".
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "ports/llm.hpp"

namespace adapters {

struct RetryPolicy {
    // Two short pauses bridge a restart or a hiccup, more only delay the bad news.
    int max_attempts = 3;
    int max_attempts_busy = 10;  // of who asks to slow down
    std::chrono::milliseconds first_pause{500};
    std::chrono::milliseconds longest_pause{20'000};
    // From the first attempt to the last; a provider that asks for more is not waited for.
    std::chrono::milliseconds patience{40'000};
    double jitter = 0.25;  // each pause is changed by up to this share
};

class RetryingLlm final : public ports::LlmProvider {
public:
    // `inner` and `clock` must outlive it. `seed` fixes the jitter.
    RetryingLlm(ports::LlmProvider& inner, async::Clock& clock, RetryPolicy policy = {},
                std::uint32_t seed = std::random_device{}());

    [[nodiscard]] std::string name() const override { return inner_.name(); }
    [[nodiscard]] ports::LlmPlace place() const override { return inner_.place(); }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    // Not tried again: the chat that follows reads the prompt anyway.
    [[nodiscard]] async::Task<base::Result<ports::LlmUsage>> prepare(
        ports::LlmRequest request, std::stop_token stop) override {
        return inner_.prepare(std::move(request), std::move(stop));
    }
    [[nodiscard]] bool reads_ahead() const override { return inner_.reads_ahead(); }
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override {
        return inner_.models();
    }
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override {
        return inner_.count_tokens(std::move(model), std::move(text));
    }

private:
    [[nodiscard]] std::chrono::milliseconds pause_before(int attempt, const base::Error& error);

    ports::LlmProvider& inner_;
    async::Clock& clock_;
    RetryPolicy policy_;
    std::minstd_rand random_;
};

}  // namespace adapters

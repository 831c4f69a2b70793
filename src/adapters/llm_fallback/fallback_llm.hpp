// FallbackLlm: an ordered list of providers; when one fails before its first event, the next is
// asked. Never widens where words go: a step farther away than `widest` is left out. Owned by the
// composition root; io thread. When all fail, the first error is given on with the others as
// details ("fallback.<provider>" = code).
#pragma once

#include <string>
#include <vector>

#include "ports/llm.hpp"

namespace adapters {

struct FallbackStep {
    ports::LlmProvider* provider = nullptr;  // must outlive the FallbackLlm
    std::string model;                       // empty: the one the request names
};

class FallbackLlm final : public ports::LlmProvider {
public:
    // `steps` must not be empty. Steps beyond `widest` are never asked.
    FallbackLlm(std::vector<FallbackStep> steps, ports::LlmPlace widest);

    // Of the first step.
    [[nodiscard]] std::string name() const override;
    // The farthest place a request may reach: what the privacy rule must know.
    [[nodiscard]] ports::LlmPlace place() const override;
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    // By the first step, which is asked first.
    [[nodiscard]] async::Task<base::Result<ports::LlmUsage>> prepare(ports::LlmRequest request,
                                                                     std::stop_token stop) override;
    [[nodiscard]] bool reads_ahead() const override;
    // All that can be listed; an error only when none can.
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

    // Who answered the newest request that succeeded; empty before the first.
    [[nodiscard]] const std::string& last_provider() const { return last_provider_; }

private:
    std::vector<FallbackStep> steps_;
    std::string last_provider_;
};

}  // namespace adapters

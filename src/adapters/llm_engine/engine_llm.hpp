// EngineLlm: the LlmProvider "embedded": models that run on this machine in loci-engine.
// io thread only; the host outlives it. Errors: those of ports/llm.hpp.
#pragma once

#include "adapters/llm_engine/engine_host.hpp"
#include "ports/llm.hpp"

namespace adapters::llm_engine {

class EngineLlm final : public ports::LlmProvider {
public:
    explicit EngineLlm(EngineHost& host) : host_(host) {}

    [[nodiscard]] std::string name() const override { return "embedded"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::here; }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    // Loads the model where that has not happened yet.
    [[nodiscard]] async::Task<base::Result<ports::LlmUsage>> prepare(ports::LlmRequest request,
                                                                     std::stop_token stop) override;
    [[nodiscard]] bool reads_ahead() const override { return true; }
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

private:
    [[nodiscard]] base::Result<void> check_model(const std::string& model) const;

    EngineHost& host_;
};

}  // namespace adapters::llm_engine

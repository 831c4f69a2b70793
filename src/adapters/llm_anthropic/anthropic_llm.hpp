// AnthropicLlm: Claude models by the Messages API, at Anthropic or a proxy that speaks it. Made at
// the composition root; io thread only. Marks the stable prefix for the provider's cache. Never
// retries by itself: see adapters/llm_fallback.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/llm_anthropic/messages_body.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "llm_wire/endpoint.hpp"
#include "llm_wire/reply_stream.hpp"
#include "ports/llm.hpp"

namespace adapters {

struct AnthropicOptions {
    llm_wire::Endpoint endpoint;  // an empty base_url means https://api.anthropic.com
    std::string version = "2023-06-01";
    AnthropicThinking thinking = AnthropicThinking::off;
};

class AnthropicLlm final : public ports::LlmProvider {
public:
    // `client` and `clock` must outlive it. unauthorized: a cloud address without a key.
    [[nodiscard]] static base::Result<std::unique_ptr<AnthropicLlm>> make(http::Client& client,
                                                                          const async::Clock& clock,
                                                                          AnthropicOptions options);

    [[nodiscard]] std::string name() const override { return "anthropic"; }
    [[nodiscard]] ports::LlmPlace place() const override { return place_; }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    // Counting would send the words away once more: `unsupported`.
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

private:
    AnthropicLlm(http::Client& client, const async::Clock& clock, AnthropicOptions options);
    [[nodiscard]] llm_wire::CallLabel label(std::string model) const;

    http::Client& client_;
    const async::Clock& clock_;
    AnthropicOptions options_;
    ports::LlmPlace place_;
};

}  // namespace adapters

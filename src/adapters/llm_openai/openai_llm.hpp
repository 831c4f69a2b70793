// OpenAiLlm: every language model behind an OpenAI-compatible address: OpenAI, OpenRouter,
// NanoGPT, DeepSeek, DashScope, Gemini, llama-server, vLLM, LM Studio and others (quirks.hpp).
// Made at the composition root; io thread only. Never retries by itself: see adapters/llm_fallback.
#pragma once

#include <string>
#include <vector>

#include "adapters/llm_openai/quirks.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "llm_wire/endpoint.hpp"
#include "llm_wire/reply_stream.hpp"
#include "ports/llm.hpp"

namespace adapters {

struct OpenAiOptions {
    OpenAiKind kind = OpenAiKind::openai;
    llm_wire::Endpoint endpoint;  // an empty base_url takes the kind's own
    // OpenRouter shows these in its rankings; empty: not sent.
    std::string site;
    std::string title;
};

class OpenAiLlm final : public ports::LlmProvider {
public:
    // invalid_argument: no usable base URL; unauthorized: the kind needs a key and has none.
    [[nodiscard]] static base::Result<std::unique_ptr<OpenAiLlm>> make(http::Client& client,
                                                                       const async::Clock& clock,
                                                                       OpenAiOptions options);

    [[nodiscard]] std::string name() const override { return std::string(quirks_.name); }
    [[nodiscard]] ports::LlmPlace place() const override { return place_; }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    // Only llama-server counts; others give `unsupported`.
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

private:
    OpenAiLlm(http::Client& client, const async::Clock& clock, llm_wire::Endpoint endpoint,
              const OpenAiQuirks& quirks);
    [[nodiscard]] llm_wire::CallLabel label(std::string model) const;

    http::Client& client_;
    const async::Clock& clock_;
    llm_wire::Endpoint endpoint_;
    const OpenAiQuirks& quirks_;
    ports::LlmPlace place_;
};

}  // namespace adapters

// OllamaLlm: models of an Ollama server by its native API (/api/chat, /api/tags, /api/ps). Made at
// the composition root; io thread only. A missing model is `not_found` with the command that
// brings it. Models that Ollama itself sends to its cloud are refused unless allowed: the page
// would otherwise say "computed here".
#pragma once

#include <string>
#include <vector>

#include "adapters/llm_ollama/ollama_wire.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "llm_wire/endpoint.hpp"
#include "llm_wire/reply_stream.hpp"
#include "ports/llm.hpp"

namespace adapters {

enum class OllamaCloudModels { refused, allowed };

struct OllamaOptions {
    llm_wire::Endpoint endpoint;  // an empty base_url means http://127.0.0.1:11434
    // Tokens of context to set up; Ollama's own default is small and it cuts without a word.
    int num_ctx = 8192;
    std::string keep_alive;  // "5m", "-1" for ever; empty: Ollama's default
    std::string think;       // "on", "off", "low", "medium", "high"; empty: the model's default
    OllamaCloudModels cloud_models = OllamaCloudModels::refused;
};

// True for names such as "gpt-oss:120b-cloud", which Ollama computes elsewhere.
[[nodiscard]] bool is_ollama_cloud_model(std::string_view model);

class OllamaLlm final : public ports::LlmProvider {
public:
    // `client` and `clock` must outlive the provider.
    OllamaLlm(http::Client& client, const async::Clock& clock, OllamaOptions options);

    [[nodiscard]] std::string name() const override { return "ollama"; }
    [[nodiscard]] ports::LlmPlace place() const override { return place_; }
    [[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                                    ports::LlmSink& sink,
                                                                    std::stop_token stop) override;
    [[nodiscard]] async::Task<base::Result<std::vector<ports::LlmModel>>> models() override;
    // Ollama offers no tokenizer: `unsupported`.
    [[nodiscard]] async::Task<base::Result<int>> count_tokens(std::string model,
                                                              std::string text) override;

private:
    [[nodiscard]] llm_wire::CallLabel label(std::string model) const;

    http::Client& client_;
    const async::Clock& clock_;
    OllamaOptions options_;
    ports::LlmPlace place_;
};

}  // namespace adapters

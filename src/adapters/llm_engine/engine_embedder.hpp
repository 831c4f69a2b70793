// EngineEmbedder: the Embedder port on loci-engine's embedding model. io thread only; the host
// outlives it. Long lists are sent in parts. Errors: those of ports/embedder.hpp.
#pragma once

#include "adapters/llm_engine/engine_host.hpp"
#include "ports/embedder.hpp"

namespace adapters::llm_engine {

class EngineEmbedder final : public ports::Embedder {
public:
    // `model` is the id of a model of role embed.
    EngineEmbedder(EngineHost& host, std::string model) : host_(host), model_(std::move(model)) {}

    [[nodiscard]] async::Task<base::Result<std::vector<ports::Embedding>>> embed(
        std::vector<std::string> texts) override;
    [[nodiscard]] std::string model_id() const override { return model_; }

private:
    EngineHost& host_;
    std::string model_;
};

}  // namespace adapters::llm_engine

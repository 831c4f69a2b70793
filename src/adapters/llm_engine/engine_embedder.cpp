#include "adapters/llm_engine/engine_embedder.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace adapters::llm_engine {
namespace {

constexpr std::size_t kTextsPerRequest = 256;

}  // namespace

async::Task<base::Result<std::vector<ports::Embedding>>> EngineEmbedder::embed(
    std::vector<std::string> texts) {
    const auto* known = host_.find(model_);
    if (known == nullptr || known->role != EngineRole::embed) {
        co_return base::fail(base::ErrorCode::unavailable, "there is no local embedding model",
                             "run `./loci set-up` to fetch it");
    }
    std::vector<ports::Embedding> all;
    all.reserve(texts.size());
    while (all.size() < texts.size()) {
        const std::size_t count = std::min(kTextsPerRequest, texts.size() - all.size());
        engine::wire::Embed request{model_, {}};
        for (std::size_t i = 0; i < count; ++i) {
            request.texts.push_back(std::move(texts[all.size() + i]));
        }
        std::string payload = engine::wire::write(request);
        auto answer = co_await host_.ask(engine::wire::FrameType::embed, std::move(payload), {});
        if (!answer) co_return base::fail(std::move(answer.error()));
        CO_TRY(rows, engine::wire::parse_vectors(answer->payload));
        if (rows.size() != count) {
            co_return base::fail(base::ErrorCode::internal,
                                 "the engine gave another number of embeddings than asked");
        }
        std::move(rows.begin(), rows.end(), std::back_inserter(all));
    }
    co_return all;
}

}  // namespace adapters::llm_engine

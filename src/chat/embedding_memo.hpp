// EmbeddingMemo: an Embedder that knows the newest texts still. One message is compared with the
// reflexes, with the notes, and, where it was read ahead, with both once more: one call to the
// model is enough for all of them. io thread only.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "ports/embedder.hpp"

namespace chat {

class EmbeddingMemo final : public ports::Embedder {
public:
    static constexpr std::size_t kKept = 16;   // texts; the oldest goes
    static constexpr std::size_t kAtOnce = 4;  // longer lists are examples, asked for only once

    explicit EmbeddingMemo(std::unique_ptr<ports::Embedder> model) : model_(std::move(model)) {}

    [[nodiscard]] async::Task<base::Result<std::vector<ports::Embedding>>> embed(
        std::vector<std::string> texts) override;
    [[nodiscard]] std::string model_id() const override { return model_->model_id(); }

private:
    struct Known {
        std::string text;
        ports::Embedding vector;
    };

    [[nodiscard]] const ports::Embedding* vector_of(const std::string& text) const;

    std::unique_ptr<ports::Embedder> model_;
    std::string known_by_;  // the model that the vectors are of
    std::deque<Known> known_;
};

}  // namespace chat

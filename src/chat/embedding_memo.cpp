#include "chat/embedding_memo.hpp"

#include <algorithm>
#include <utility>

namespace chat {

const ports::Embedding* EmbeddingMemo::vector_of(const std::string& text) const {
    const auto found = std::ranges::find(known_, text, &Known::text);
    return found == known_.end() ? nullptr : &found->vector;
}

async::Task<base::Result<std::vector<ports::Embedding>>> EmbeddingMemo::embed(
    std::vector<std::string> texts) {
    const std::string model = model_->model_id();
    if (std::exchange(known_by_, model) != model) known_.clear();
    std::vector<ports::Embedding> vectors(texts.size());
    std::vector<std::string> asked;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (const auto* known = vector_of(texts[i])) {
            vectors[i] = *known;
        } else {
            asked.push_back(texts[i]);
            places.push_back(i);
        }
    }
    if (asked.empty()) co_return vectors;
    auto embedding = model_->embed(std::move(asked));
    CO_TRY(made, co_await std::move(embedding));
    if (made.size() != places.size()) {
        co_return base::fail(base::ErrorCode::upstream,
                             "the embedder returned another number of vectors than asked");
    }
    const bool kept = places.size() <= kAtOnce && known_by_ == model;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (kept && vector_of(texts[places[i]]) == nullptr) {
            known_.push_front({std::move(texts[places[i]]), made[i]});
        }
        vectors[places[i]] = std::move(made[i]);
    }
    if (known_.size() > kKept) known_.resize(kKept);
    co_return vectors;
}

}  // namespace chat

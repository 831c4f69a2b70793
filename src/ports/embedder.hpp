// Embedder: turns sentences into unit vectors, so that the dot product is the cosine similarity.
// Implemented by adapters/llm_engine; io thread only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"

namespace ports {

using Embedding = std::vector<float>;  // L2 norm 1

// Cosine similarity of two unit vectors of one model, -1 to 1.
[[nodiscard]] inline double similarity(const Embedding& a, const Embedding& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
}

class Embedder {
public:
    virtual ~Embedder() = default;

    // One vector per text, in order. Errors: unavailable (no model), engine_crashed, too_large.
    [[nodiscard]] virtual async::Task<base::Result<std::vector<Embedding>>> embed(
        std::vector<std::string> texts) = 0;
    // Identifies the model: vectors of different ids must not be compared.
    [[nodiscard]] virtual std::string model_id() const = 0;
};

}  // namespace ports

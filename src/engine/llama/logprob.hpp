// log_probability(): how likely the model found the chosen token. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>

namespace engine::llama {

// Natural logarithm of softmax(scores)[chosen], to about 1e-3.
[[nodiscard]] double log_probability(std::span<const float> scores, std::size_t chosen);

}  // namespace engine::llama

// log_probability(): how likely a model found one token as the next. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>

namespace engine {

// Natural logarithm of softmax(scores)[chosen]: 0 (certain) or below, to about 1e-3. `scores` are
// the model's logits, one for each token that may come, at least one; -infinity for what may not.
// `chosen` is below their number. Quick enough for a whole vocabulary with every token.
[[nodiscard]] double log_probability(std::span<const float> scores, std::size_t chosen);

}  // namespace engine

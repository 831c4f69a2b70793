// likeliest(): the tokens that a sampler need look at. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine {

// The places of the scores that are not below the `count`-th greatest, in rising order, and a few
// lesser ones: far fewer than there are when `count` is small beside a vocabulary, all when it is
// not. `scores` are the model's logits; one that is no number is left out. What was in `places`
// goes.
void likeliest(std::span<const float> scores, std::size_t count,
               std::vector<std::uint32_t>& places);

}  // namespace engine

// Sampler: chooses the tokens of one reply. llama.cpp's own samplers decide; where no grammar binds
// the reply they are shown only the tokens that could be chosen, as sorting a whole vocabulary
// costs about a twentieth of a small model's token. The model's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <llama.h>

#include "engine/prefix_cache.hpp"

struct common_params_sampling;
struct common_sampler;

namespace engine::llama {

class Sampler {
public:
    // Null when llama.cpp cannot use the grammar: its last error line says why. Throws
    // std::exception, as llama.cpp does.
    [[nodiscard]] static std::unique_ptr<Sampler> make(const llama_model* model,
                                                       common_params_sampling params);

    struct Choice {
        Token token = 0;
        double logprob = 0;  // natural, of the model's own distribution
    };
    // The next token after what was chosen before; `row` of the batch computed last holds the
    // scores. Throws std::exception where a grammar allows no further token.
    [[nodiscard]] Choice choose(llama_context* context, int row);

private:
    struct Free {
        void operator()(common_sampler* sampler) const;
    };
    Sampler() = default;

    std::unique_ptr<common_sampler, Free> sampler_;
    std::size_t enough_ = 0;  // candidates that hold whatever may be chosen; 0: all are needed
    std::vector<std::uint32_t> places_;
    std::vector<llama_token_data> candidates_;
};

}  // namespace engine::llama

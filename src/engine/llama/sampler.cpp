#include "engine/llama/sampler.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <sampling.h>

#include "engine/likeliest.hpp"
#include "engine/logprob.hpp"

namespace engine::llama {
namespace {

// How many of the likeliest tokens hold all that top-k leaves. A penalty only lowers scores, and
// those of the last tokens alone, so no more than that many places are lost to it.
std::size_t candidates_enough(const common_params_sampling& params) {
    const bool free = params.grammar.empty() && params.grammar_triggers.empty();
    if (!free || params.top_k <= 0 || params.penalty_repeat < 1) return 0;
    return static_cast<std::size_t>(params.top_k + std::max(0, params.penalty_last_n));
}

}  // namespace

void Sampler::Free::operator()(common_sampler* sampler) const {
    common_sampler_free(sampler);
}

std::unique_ptr<Sampler> Sampler::make(const llama_model* model, common_params_sampling params) {
    std::unique_ptr<Sampler> made(new Sampler);
    made->enough_ = candidates_enough(params);
    made->sampler_.reset(common_sampler_init(model, params));
    return made->sampler_ ? std::move(made) : nullptr;
}

Sampler::Choice Sampler::choose(llama_context* context, int row) {
    const auto* vocabulary = llama_model_get_vocab(llama_get_model(context));
    const std::span scores(llama_get_logits_ith(context, row),
                           static_cast<std::size_t>(llama_vocab_n_tokens(vocabulary)));
    candidates_.clear();
    if (enough_ > 0) {
        likeliest(scores, enough_, places_);
        for (const auto place : places_) {
            candidates_.push_back({static_cast<Token>(place), scores[place], 0});
        }
    }
    Token token = 0;
    if (candidates_.empty()) {
        token = common_sampler_sample(sampler_.get(), context, row);
    } else {
        llama_token_data_array shown{candidates_.data(), candidates_.size(), -1, false};
        llama_sampler_apply(common_sampler_get(sampler_.get()), &shown);
        token = shown.data[shown.selected].id;
    }
    common_sampler_accept(sampler_.get(), token, true);
    return {token, log_probability(scores, static_cast<std::size_t>(token))};
}

}  // namespace engine::llama

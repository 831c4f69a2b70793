#include "engine/llama/loaded_chat.hpp"

#include <utility>

#include <fmt/core.h>

#include "engine/llama/runtime.hpp"

namespace engine::llama {
namespace {

constexpr std::uint64_t kWorkBytes = 64ull * 1024 * 1024;

base::Result<ContextPlan> plan_for(const Model& model, int context_tokens) {
    ContextWish wish;
    wish.trained_tokens = llama_model_n_ctx_train(model.get());
    wish.wanted_tokens = context_tokens;
    wish.sequences = 2;  // beginnings are shared, so this serves kSequences conversations
    wish.bytes_per_token = model.bytes_per_token();
    wish.fixed_bytes = kWorkBytes;
    return plan_context(wish, free_memory());
}

PrefixCache make_cache(const Model& model) {
    const bool by_token = model.remembers_by_token();
    PrefixCache::Options options;
    options.sequences = LoadedChat::kSequences;
    options.can_copy = options.can_cut = by_token;
    options.can_splice = by_token && llama_vocab_type(model.vocab()) == LLAMA_VOCAB_TYPE_BPE;
    options.piece = [&model](Token token) {
        const bool bos =
            token == llama_vocab_bos(model.vocab()) && llama_vocab_get_add_bos(model.vocab());
        return bos ? std::string() : model.piece(token, Special::as_tokens);
    };
    return PrefixCache(std::move(options));
}

}  // namespace

int Batch::add(Token token, std::size_t position, int sequence, Scores scores) {
    const int row = batch_.n_tokens++;
    batch_.token[row] = token;
    batch_.pos[row] = static_cast<llama_pos>(position);
    batch_.n_seq_id[row] = 1;
    batch_.seq_id[row][0] = sequence;
    batch_.logits[row] = scores == Scores::yes ? 1 : 0;
    return row;
}

base::Result<std::unique_ptr<LoadedChat>> LoadedChat::load(const Wish& wish) {
    TRY(model, Model::load(wish.path, wish.progress));
    TRY(forms, ChatForms::of(model));
    TRY(plan, plan_for(model, wish.context_tokens));
    auto params = llama_context_default_params();
    params.n_ctx = static_cast<std::uint32_t>(plan.cells);
    params.n_batch = params.n_ubatch = Batch::kMost;
    params.n_seq_max = params.n_outputs_max = kSequences;
    params.n_threads = params.n_threads_batch = wish.threads;
    params.kv_unified = true;  // sequences share the cells of a common beginning
    params.abort_callback = wish.should_abort;
    params.abort_callback_data = wish.abort_data;
    clear_library_error();
    Context context(llama_init_from_model(model.get(), params));
    if (!context) {
        return base::fail(base::ErrorCode::out_of_memory,
                          fmt::format("llama.cpp cannot make a context of {} tokens: {}",
                                      plan.cells, last_library_error()),
                          "lower the model's context_tokens or close other programs");
    }
    ComputeThreads threads(wish.threads);
    threads.attach_to(context.get());
    std::unique_ptr<LoadedChat> loaded(new LoadedChat{std::move(model),
                                                      std::move(forms),
                                                      std::move(threads),
                                                      std::move(context),
                                                      std::move(plan),
                                                      PrefixCache({}),
                                                      {}});
    loaded->cache = make_cache(loaded->model);
    return loaded;
}

base::Result<Placement> LoadedChat::place(const ReplyForm& form, const std::string& key) {
    PromptText prompt;
    prompt.text = form.prompt;
    prompt.key = key;
    prompt.manner = static_cast<int>(form.special);
    prompt.tokenize = [this, &form](const std::string& part) {
        return model.tokenize(part, form.special, false);
    };
    prompt.tokens = model.tokenize(prompt.text, form.special, true);
    if (prompt.tokens.empty()) {
        return base::fail(base::ErrorCode::invalid_argument, "the prompt is empty");
    }
    const auto limit = static_cast<std::size_t>(plan.tokens);
    if (prompt.tokens.size() + 1 >= limit) {
        auto error =
            base::make_error(base::ErrorCode::too_large,
                             fmt::format("the prompt has {} tokens, the model's context {}",
                                         prompt.tokens.size(), limit),
                             "shorten the conversation or raise the model's context_tokens");
        if (!plan.reason.empty()) error = std::move(error).with("context_limit", plan.reason);
        return base::fail(std::move(error));
    }
    auto place = cache.take(prompt);
    if (!place) return base::fail(base::ErrorCode::unavailable, "all sequences are in use");
    const auto kept = static_cast<llama_pos>(place->kept);
    auto* memory = llama_get_memory(context.get());
    if (place->copy_from >= 0) {
        llama_memory_seq_rm(memory, place->sequence, -1, -1);
        llama_memory_seq_cp(memory, place->copy_from, place->sequence, 0, kept);
    } else if (!llama_memory_seq_rm(memory, place->sequence, kept, -1)) {
        llama_memory_seq_rm(memory, place->sequence, -1, -1);
        cache.cut(place->sequence, 0);
        place->kept = 0;
    }
    return std::move(*place);
}

bool LoadedChat::make_room() {
    const auto evicted = cache.evict();
    if (!evicted) return false;
    llama_memory_seq_rm(llama_get_memory(context.get()), *evicted, -1, -1);
    return true;
}

void LoadedChat::cut_back(int sequence, std::size_t length) {
    llama_memory_seq_rm(llama_get_memory(context.get()), sequence, static_cast<llama_pos>(length),
                        -1);
}

}  // namespace engine::llama

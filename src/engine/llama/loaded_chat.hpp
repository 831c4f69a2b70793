// LoadedChat: a chat model in memory with its context and what lies in it. Owned by ChatWork, one
// thread. Errors of load(): those of Model::load, out_of_memory when no context fits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/llama/compute_threads.hpp"
#include "engine/llama/model.hpp"
#include "engine/llama/reply_form.hpp"
#include "engine/memory_budget.hpp"
#include "engine/prefix_cache.hpp"

namespace engine::llama {

// The tokens of one computation.
class Batch {
public:
    static constexpr std::size_t kMost = 256;

    Batch() : batch_(llama_batch_init(static_cast<int>(kMost), 0, 1)) {}
    ~Batch() { llama_batch_free(batch_); }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    void clear() { batch_.n_tokens = 0; }
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(batch_.n_tokens); }
    enum class Scores { no, yes };
    // Returns the row; at most kMost tokens.
    int add(Token token, std::size_t position, int sequence, Scores scores);
    [[nodiscard]] const llama_batch& raw() const { return batch_; }

private:
    llama_batch batch_;
};

struct LoadedChat {
    static constexpr int kSequences = 4;

    struct Wish {
        std::string path;
        int context_tokens = 0;  // 0: as trained
        int threads = 1;
        std::function<bool(double)> progress;  // false: give up
        ggml_abort_callback should_abort = nullptr;
        void* abort_data = nullptr;
    };
    [[nodiscard]] static base::Result<std::unique_ptr<LoadedChat>> load(const Wish& wish);

    // Finds room for a prompt, keeping what is in memory already. Errors: too_large,
    // invalid_argument (empty), unavailable when all sequences are in use.
    [[nodiscard]] base::Result<Placement> place(const ReplyForm& form, const std::string& key);
    // Forgets the conversation that rested longest; false when none rests.
    [[nodiscard]] bool make_room();
    // Takes back what lies behind the first `length` tokens of a sequence.
    void cut_back(int sequence, std::size_t length);

    Model model;
    ChatForms forms;
    ComputeThreads threads;
    Context context;
    ContextPlan plan;
    PrefixCache cache;
    Batch batch;
};

}  // namespace engine::llama

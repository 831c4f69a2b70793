// EmbedWork: sentence embeddings: mean of the token vectors, L2 norm 1, texts cut at kMaxTokens.
// Several texts share one computation. Called by ModelThread; failures end their ticket.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "engine/gate.hpp"
#include "engine/llama/model.hpp"
#include "engine/model_thread.hpp"
#include "engine/thread_tuner.hpp"

namespace engine::llama {

class EmbedWork final : public ModelWork {
public:
    static constexpr int kMaxTokens = 256;

    EmbedWork(wire::ModelSpec spec, int threads, std::shared_ptr<Gate> gate,
              std::shared_ptr<Pulse> pulse);
    ~EmbedWork() override;

    void accept(Job job) override;
    [[nodiscard]] Step step() override;
    void unload() override;
    void fail_all(const base::Error& error) override;
    [[nodiscard]] int loaded_context() const override { return context_tokens_; }
    void interrupt() override { interrupted_ = true; }

private:
    struct Loaded;
    struct Request {
        std::shared_ptr<Ticket> ticket;
        std::vector<std::vector<Token>> texts;
        std::vector<std::vector<float>> rows;  // of the texts done so far
    };

    [[nodiscard]] base::Result<void> load(Ticket& ticket);
    [[nodiscard]] std::vector<Token> tokens_of(const std::string& text) const;
    [[nodiscard]] base::Result<void> compute_some(Request& request);
    [[nodiscard]] static bool should_abort(void* self);

    wire::ModelSpec spec_;
    int threads_;
    std::shared_ptr<Gate> gate_;
    std::shared_ptr<Pulse> pulse_;
    std::atomic<int> context_tokens_ = 0;
    std::atomic<bool> interrupted_ = false;
    std::unique_ptr<Loaded> loaded_;
    std::deque<Request> requests_;
    ThreadTuner tuner_;
};

}  // namespace engine::llama

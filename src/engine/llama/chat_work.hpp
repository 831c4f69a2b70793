// ChatWork: several replies of one chat model at once. Each step computes one batch: the next
// token of every reply that generates, and a slice of one prompt beside them, short enough that
// nobody waits for long. Finished conversations stay in memory, so that the next turn (or another
// conversation with the same beginning) only computes what is new. A request that only reads its
// prompt computes while no reply does, and ends where a reply needs its place. The newest of them
// may foresee: while there is nothing else to do the reply's first tokens are chosen, and stay
// until that reply is asked for or anything else is. Called by ModelThread; failures end the ticket
// they concern.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "engine/gate.hpp"
#include "engine/llama/loaded_chat.hpp"
#include "engine/llama/reply.hpp"
#include "engine/model_thread.hpp"
#include "engine/others_load.hpp"
#include "engine/thread_tuner.hpp"

namespace engine::llama {

class ChatWork final : public ModelWork {
public:
    ChatWork(wire::ModelSpec spec, int threads, std::shared_ptr<Gate> gate,
             std::shared_ptr<Pulse> pulse);
    ~ChatWork() override;

    void accept(Job job) override;
    [[nodiscard]] Step step() override;
    void unload() override;
    void fail_all(const base::Error& error) override;
    [[nodiscard]] int loaded_context() const override { return context_tokens_; }
    void interrupt() override { interrupted_ = true; }

private:
    using Replies = std::list<Reply>;
    using Time = std::chrono::steady_clock::time_point;

    [[nodiscard]] base::Result<void> load(Ticket& ticket);
    [[nodiscard]] base::Result<void> begin(const std::shared_ptr<Ticket>& ticket, wire::Chat chat);
    void admit();
    [[nodiscard]] bool waits(const Reply& reply) const;
    // Ends the requests that only read and hold a place; false when there are none.
    [[nodiscard]] bool end_reading();
    // It has read its prompt and may foresee: it is kept, and what was foreseen before is not.
    Replies::iterator keep_ahead(Replies::iterator reply);
    // Gives the reply what was foreseen for it; false when nothing was. What then is left of that
    // goes.
    [[nodiscard]] bool take_foreseen(Reply& reply);
    bool forget_foreseen();
    void drop_cancelled();
    void flush();
    Replies::iterator remove(Replies::iterator reply);

    // Fills the batch; false when nothing can be computed now.
    [[nodiscard]] bool fill_batch();
    void add_foreseen();
    void add_to_batch(Reply& reply, Token token, std::size_t position, bool last);
    // Up to `most` tokens of the prompt from where it stands to `end`.
    void add_prompt(Reply& reply, std::size_t end, std::size_t most);
    void compute();
    void after_compute(int result);
    void sample(Reply& reply);
    // The computation that begins now is given up when it takes longer; 0: it is not.
    void be_patient_for(double ms_per_token, Time begin);
    void learn_speed(double ms);
    [[nodiscard]] static bool should_abort(void* self);

    wire::ModelSpec spec_;
    const int threads_;
    std::shared_ptr<Gate> gate_;
    std::shared_ptr<Pulse> pulse_;
    std::atomic<int> context_tokens_ = 0;
    std::atomic<bool> interrupted_ = false;

    std::unique_ptr<LoadedChat> loaded_;
    std::deque<Reply*> waiting_;  // of replies_, for a free sequence; those that only read last
    Replies replies_;
    Replies ahead_;  // the one that foresees, or none; its ticket is done
    std::vector<Reply*> in_batch_;
    std::size_t prompt_tokens_in_batch_ = 0;
    std::optional<Time> give_up_at_;  // of the computation under way
    bool gave_up_ = false;
    unsigned times_asked_ = 0;   // whether to go on
    std::size_t last_size_ = 0;  // of the last batch without much prompt
    OthersLoad others_;
    ThreadTuner token_threads_;
    ThreadTuner prompt_threads_;
    std::size_t slice_ = 32;  // prompt tokens per step; follows the machine's speed
};

}  // namespace engine::llama

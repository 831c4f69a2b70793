// QueueWork: the ModelWork of a model that answers one request after the other. What loads and
// computes is in the classes derived from it; all on the model's thread, but for the last members.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "engine/gate.hpp"
#include "engine/model_thread.hpp"

namespace engine::speech {

class QueueWork : public ModelWork {
public:
    explicit QueueWork(std::shared_ptr<Pulse> pulse) : pulse_(std::move(pulse)) {}

    void accept(Job job) override;
    [[nodiscard]] Step step() override;
    void unload() override;
    void fail_all(const base::Error& error) override;
    // Any thread.
    [[nodiscard]] int loaded_context() const override { return loaded_ ? 1 : 0; }
    void interrupt() override { interrupted_ = true; }

protected:
    enum class Slice {
        more,       // this request needs another slice
        no_credit,  // the same, when its reader has taken what it has
        over,       // it is answered
    };
    [[nodiscard]] virtual base::Result<void> load() = 0;
    virtual void drop() = 0;
    [[nodiscard]] virtual base::Result<Slice> compute(const Job& job) = 0;
    // The request is over, however it ended.
    virtual void forget(const Job&) {}

    [[nodiscard]] Pulse& pulse() { return *pulse_; }
    [[nodiscard]] bool interrupted() const { return interrupted_; }

private:
    std::shared_ptr<Pulse> pulse_;
    void leave_queue();

    std::deque<Job> jobs_;
    std::size_t resting_ = 0;  // how many in a row wait for their readers
    std::atomic<bool> loaded_ = false;
    std::atomic<bool> interrupted_ = false;
};

[[nodiscard]] std::vector<float> to_floats(const wire::Samples& samples);

}  // namespace engine::speech

// ModelThread: the Worker that gives one model a thread and a bounded queue, unloads the model
// after idle time, and shows that the thread is alive. What is computed is a ModelWork, whose
// members are called on that thread only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/worker.hpp"

namespace engine {

// Sign of life of a computing thread; beat it at least every few hundred milliseconds of work.
class Pulse {
public:
    Pulse() { beat(); }
    void beat() { last_ms_ = now_ms(); }
    [[nodiscard]] long long silent_ms() const { return now_ms() - last_ms_; }

private:
    [[nodiscard]] static long long now_ms();
    std::atomic<long long> last_ms_ = 0;
};

class ModelWork {
public:
    enum class Step {
        idle,    // nothing to do
        paused,  // work is there, but all of it waits for credit
        worked,
    };

    virtual ~ModelWork() = default;
    // Takes over a job; loads the model when needed; what cannot be done ends its ticket here.
    virtual void accept(Job job) = 0;
    // One slice of work.
    [[nodiscard]] virtual Step step() = 0;
    virtual void unload() = 0;
    virtual void fail_all(const base::Error& error) = 0;
    // Any thread.
    [[nodiscard]] virtual int loaded_context() const = 0;  // tokens; 0: not loaded
    virtual void interrupt() = 0;                          // make a running step() end soon
};

class ModelThread final : public Worker {
public:
    static constexpr std::size_t kMaxQueue = 64;

    ModelThread(std::string model, std::shared_ptr<Pulse> pulse, std::unique_ptr<ModelWork> work,
                std::chrono::milliseconds idle_unload);
    ~ModelThread() override;

    [[nodiscard]] base::Result<void> submit(Job job) override;
    void wake() override;
    [[nodiscard]] wire::Beat beat() const override;

private:
    void loop();
    // False when the thread is to end.
    [[nodiscard]] bool wait_for_work(ModelWork::Step last);
    [[nodiscard]] ModelWork::Step turn();

    std::string model_;
    std::shared_ptr<Pulse> pulse_;
    std::unique_ptr<ModelWork> work_;
    std::chrono::milliseconds idle_unload_;

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Job> queue_;
    bool woken_ = false;
    bool ending_ = false;
    std::atomic<bool> busy_ = false;
    std::atomic<bool> paused_ = false;  // busy, but all of it waits for the server
    std::thread thread_;
};

}  // namespace engine

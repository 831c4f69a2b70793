// Gate: one core budget for all models. Whoever computes holds the gate for one slice (a prompt
// part, one batched token, one embedding batch); waiters are served in order of arrival, so nobody
// waits for more than one slice per other model. Any thread; never fails.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace engine {

class Gate {
public:
    class Pass {
    public:
        explicit Pass(Gate& gate) : gate_(gate) { gate_.enter(); }
        ~Pass() { gate_.leave(); }
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

    private:
        Gate& gate_;
    };

private:
    void enter() {
        std::unique_lock lock(mutex_);
        const std::uint64_t ticket = next_++;
        turn_.wait(lock, [&] { return serving_ == ticket; });
    }
    void leave() {
        {
            const std::lock_guard lock(mutex_);
            ++serving_;
        }
        turn_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t next_ = 0;
    std::uint64_t serving_ = 0;
};

}  // namespace engine

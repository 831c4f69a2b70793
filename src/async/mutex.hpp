// Mutex for coroutines of one executor: first come, first served. The guard releases it when it
// goes out of scope. It keeps a sequence of awaits whole; it is not a thread lock.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "async/event.hpp"
#include "async/task.hpp"

namespace async {

class Mutex {
public:
    class Guard {
    public:
        explicit Guard(Mutex& mutex) : mutex_(&mutex) {}
        Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (mutex_ != nullptr) mutex_->release();
        }

    private:
        Mutex* mutex_;
    };

    [[nodiscard]] Task<Guard> lock() {
        if (!held_) {
            held_ = true;
            co_return Guard(*this);
        }
        auto turn = std::make_shared<Event>();
        waiting_.push_back(turn);
        // Nothing but release() can end this wait: there is no stop token here.
        const bool mine = co_await turn->wait();
        static_cast<void>(mine);
        co_return Guard(*this);
    }

private:
    void release() {
        if (waiting_.empty()) {
            held_ = false;
            return;
        }
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        next->set();  // ownership passes on: held_ stays true
    }

    bool held_ = false;
    std::deque<std::shared_ptr<Event>> waiting_;
};

}  // namespace async

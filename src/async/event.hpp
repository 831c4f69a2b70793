// Event: a flag that coroutines wait for. set() wakes every waiter; the flag stays set until
// reset(). Single executor; no locks.
#pragma once

#include <list>
#include <memory>
#include <stop_token>

#include "async/task.hpp"

namespace async {

class Event {
public:
    Event() = default;
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    void set();
    void reset() { set_ = false; }
    [[nodiscard]] bool is_set() const { return set_; }

    // Returns true once set, false when `stop` was requested or the Event was destroyed first.
    [[nodiscard]] Task<bool> wait(std::stop_token stop = {});

private:
    struct Waiter;
    bool set_ = false;
    std::list<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace async

// Acceptance: whether the message of a turn is safely stored. A turn may begin to work before, so
// that the model does not wait for the disk; until then nothing of it is shown or written. Shared
// by the session, which stores, and the turn; io thread only.
#pragma once

#include "async/event.hpp"
#include "async/task.hpp"

namespace chat {

class Acceptance {
public:
    enum class State { open, accepted, refused };

    void accept() { settle(State::accepted); }
    void refuse() { settle(State::refused); }
    [[nodiscard]] State state() const { return state_; }
    // True when it was accepted.
    [[nodiscard]] async::Task<bool> settled() {
        auto waiting = settled_.wait();
        const bool known = co_await std::move(waiting);
        co_return known&& state_ == State::accepted;
    }

private:
    void settle(State state) {
        state_ = state;
        settled_.set();
    }
    State state_ = State::open;
    async::Event settled_;
};

}  // namespace chat

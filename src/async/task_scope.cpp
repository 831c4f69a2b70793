#include "async/task_scope.hpp"

#include <utility>

namespace async {

struct TaskScope::State {
    std::stop_source stop;
    std::size_t running = 0;
    Event idle;
};

namespace {

template <class State>
Task<void> run(std::shared_ptr<State> state, Task<void> task) {
    struct Leave {
        std::shared_ptr<State> state;
        ~Leave() {
            if (--state->running == 0) state->idle.set();
        }
    };
    const Leave leave{state};
    co_await std::move(task);
}

}  // namespace

TaskScope::TaskScope(Executor executor)
    : executor_(std::move(executor)), state_(std::make_shared<State>()) {
    state_->idle.set();
}

TaskScope::~TaskScope() {
    request_stop();
}

void TaskScope::spawn(const char* name, Task<void> task) {
    ++state_->running;
    state_->idle.reset();
    spawn_detached(executor_, name, run(state_, std::move(task)));
}

std::stop_token TaskScope::stop_token() const {
    return state_->stop.get_token();
}

void TaskScope::request_stop() {
    state_->stop.request_stop();
}

Task<void> TaskScope::close() {
    request_stop();
    const auto state = state_;
    while (state->running > 0) {
        const bool idle = co_await state->idle.wait();
        if (!idle) co_return;
    }
}

std::size_t TaskScope::running() const {
    return state_->running;
}

}  // namespace async

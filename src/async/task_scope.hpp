// TaskScope: owns running coroutines. Stopping it asks all of them to end; close() waits until
// they have. Declare it last among the members so that tasks end before what they use. The
// destructor only checks: a scope that still runs tasks when destroyed is a bug.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>

#include "async/event.hpp"
#include "async/task.hpp"

namespace async {

class TaskScope {
public:
    explicit TaskScope(Executor executor);
    ~TaskScope();
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;

    void spawn(const char* name, Task<void> task);
    [[nodiscard]] std::stop_token stop_token() const;
    void request_stop();
    // Requests the stop and waits for every task to end.
    [[nodiscard]] Task<void> close();
    [[nodiscard]] std::size_t running() const;

private:
    struct State;
    Executor executor_;
    std::shared_ptr<State> state_;
};

}  // namespace async

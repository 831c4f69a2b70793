// Begun: a task that runs while its caller goes on, so that things that do not need each other are
// waited for together.
//
//     const Begun name(executor, store.get_fact("person_name"));
//     …                                  // meanwhile
//     auto waiting = name.result();
//     const auto fact = co_await std::move(waiting);
//
// What the task refers to must outlive it, also when nobody waits for its result. One executor.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "async/event.hpp"
#include "async/task.hpp"

namespace async {

template <class T>
class Begun {
public:
    Begun(Executor executor, Task<T> task) {
        boost::asio::co_spawn(std::move(executor), std::move(task),
                              [slot = slot_](std::exception_ptr error, T value) {
                                  slot->error = std::move(error);
                                  slot->value.emplace(std::move(value));
                                  slot->over.set();
                              });
    }

    // Once. Throws what the task threw.
    [[nodiscard]] Task<T> result() const { return result_of(slot_); }

private:
    struct Slot {
        std::exception_ptr error;
        std::optional<T> value;
        Event over;
    };

    static Task<T> result_of(std::shared_ptr<Slot> slot) {
        const bool over = co_await slot->over.wait();
        static_cast<void>(over);
        if (slot->error) std::rethrow_exception(slot->error);
        co_return std::move(*slot->value);
    }

    std::shared_ptr<Slot> slot_ = std::make_shared<Slot>();
};

}  // namespace async

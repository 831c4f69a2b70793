// WorkerThread: one named thread with a bounded queue of blocking jobs; run() brings the result
// back to the caller's executor (about 3 µs a hop). Used for the database writer and for CPU work.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"

namespace async {

class WorkerThread {
public:
    // `name` is shown in debuggers (at most 15 characters).
    explicit WorkerThread(const char* name, std::size_t max_queue = 1024);
    // Runs what is queued, then joins.
    ~WorkerThread();
    WorkerThread(const WorkerThread&) = delete;
    WorkerThread& operator=(const WorkerThread&) = delete;

    // Runs `job` on the thread. `job` returns Result<R>. A full queue gives rate_limited at once;
    // an exception out of the job gives `internal` with its text.
    template <class F>
    [[nodiscard]] auto run(F job) -> Task<std::invoke_result_t<F&>> {
        using R = std::invoke_result_t<F&>;
        struct Slot {
            std::optional<R> result;
            Event done;
        };
        const Executor home = co_await boost::asio::this_coro::executor;
        auto slot = std::make_shared<Slot>();
        auto work = std::make_shared<F>(std::move(job));
        const bool queued = post([slot, work, home] {
            try {
                slot->result.emplace((*work)());
            } catch (const std::exception& e) {
                slot->result.emplace(base::fail(base::ErrorCode::internal, e.what()));
            }
            boost::asio::post(home, [slot] { slot->done.set(); });
        });
        if (!queued) {
            co_return base::fail(base::ErrorCode::rate_limited, "too much work is queued",
                                 "try again in a moment");
        }
        const bool finished = co_await slot->done.wait();
        if (!finished) co_return base::fail(base::ErrorCode::cancelled, "the work was abandoned");
        co_return std::move(*slot->result);
    }

private:
    bool post(std::function<void()> job);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace async

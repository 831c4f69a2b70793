#include "async/event.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace async {

struct Event::Waiter {
    explicit Waiter(const Executor& executor)
        : timer(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer timer;  // never fires: only a cancellable place to wait
    bool woken = false;
    bool left = false;
};

Event::~Event() {
    for (const auto& waiter : waiters_) waiter->timer.cancel();
}

void Event::set() {
    set_ = true;
    for (const auto& waiter : std::exchange(waiters_, {})) {
        waiter->woken = true;
        waiter->timer.cancel();
    }
}

Task<bool> Event::wait(std::stop_token stop) {
    if (set_) co_return true;
    if (stop.stop_requested()) co_return false;
    const Executor executor = co_await boost::asio::this_coro::executor;
    auto waiter = std::make_shared<Waiter>(executor);
    waiters_.push_back(waiter);
    // A stop may come from any thread; the timer is only touched on its executor.
    const std::stop_callback on_stop(stop, [waiter, executor] {
        boost::asio::post(executor, [waiter] {
            waiter->left = true;
            waiter->timer.cancel();
        });
    });
    boost::system::error_code ignored;
    auto done =
        waiter->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    co_await std::move(done);
    // `this` may be gone when the waiter was neither woken nor left.
    if (waiter->left && !waiter->woken) waiters_.remove(waiter);
    co_return waiter->woken;
}

}  // namespace async

#include "async/clock.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace async {
namespace {

class SystemClock final : public Clock {
public:
    long long wall_ms() const override {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    }

    Duration steady() const override { return std::chrono::steady_clock::now().time_since_epoch(); }

    Task<bool> sleep_for(Duration duration, std::stop_token stop) override {
        if (stop.stop_requested()) co_return false;
        const Executor executor = co_await boost::asio::this_coro::executor;
        auto timer = std::make_shared<boost::asio::steady_timer>(executor, duration);
        const std::stop_callback on_stop(
            stop, [timer, executor] { boost::asio::post(executor, [timer] { timer->cancel(); }); });
        boost::system::error_code error;
        auto done =
            timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
        co_await std::move(done);
        co_return !error;
    }
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() {
    return std::make_unique<SystemClock>();
}

}  // namespace async

#include "async/testing/manual_clock.hpp"

#include <vector>

namespace async::testing {

long long ManualClock::wall_ms() const {
    return start_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(now_).count();
}

Task<bool> ManualClock::sleep_for(Duration duration, std::stop_token stop) {
    if (stop.stop_requested()) co_return false;
    if (duration <= Duration::zero()) co_return true;
    auto due = std::make_shared<Event>();
    const auto place = sleepers_.emplace(now_ + duration, due);
    const bool came = co_await due->wait(stop);
    if (!came) sleepers_.erase(place);
    co_return came;
}

void ManualClock::advance(boost::asio::io_context& io, Duration duration) {
    const Duration end = now_ + duration;
    settle(io);
    while (!sleepers_.empty() && sleepers_.begin()->first <= end) {
        now_ = sleepers_.begin()->first;
        auto due = sleepers_.extract(sleepers_.begin()).mapped();
        due->set();
        settle(io);
    }
    now_ = end;
    settle(io);
}

void ManualClock::settle(boost::asio::io_context& io) {
    while (io.poll() > 0) {
    }
    io.restart();
}

}  // namespace async::testing

// ManualClock: time moves only when a test says so. advance() wakes sleepers in order of their due
// time and runs the io_context until idle after each, so whole conversations play in microseconds.
#pragma once

#include <map>

#include <boost/asio/io_context.hpp>

#include "async/clock.hpp"
#include "async/event.hpp"

namespace async::testing {

class ManualClock final : public Clock {
public:
    // Wall time starts at `start_ms` (default 2026-01-01T12:00:00Z).
    explicit ManualClock(long long start_ms = 1'767'268'800'000) : start_ms_(start_ms) {}

    [[nodiscard]] long long wall_ms() const override;
    [[nodiscard]] Duration steady() const override { return now_; }
    [[nodiscard]] Task<bool> sleep_for(Duration duration, std::stop_token stop) override;
    using Clock::sleep_for;

    void advance(boost::asio::io_context& io, Duration duration);
    // Runs everything that is ready without moving time.
    static void settle(boost::asio::io_context& io);

private:
    long long start_ms_;
    Duration now_{0};
    std::multimap<Duration, std::shared_ptr<Event>> sleepers_;
};

}  // namespace async::testing

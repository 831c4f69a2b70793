// The clock port: wall time, steady time and cancellable sleeping. Everything that waits goes
// through it, so tests run on testing/manual_clock.hpp without sleeping. io thread only.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

#include "async/task.hpp"
#include "base/result.hpp"

namespace async {

using Duration = std::chrono::nanoseconds;

class Clock {
public:
    virtual ~Clock() = default;

    // Unix time in milliseconds; may jump.
    [[nodiscard]] virtual long long wall_ms() const = 0;
    // Time since some fixed point; never goes back.
    [[nodiscard]] virtual Duration steady() const = 0;
    // Returns true when the time came, false when `stop` was requested first.
    [[nodiscard]] virtual Task<bool> sleep_for(Duration duration, std::stop_token stop) = 0;

    [[nodiscard]] Task<bool> sleep_for(Duration duration) { return sleep_for(duration, {}); }
};

[[nodiscard]] std::unique_ptr<Clock> make_system_clock();

}  // namespace async

// Backoff: how long to wait before starting something that keeps failing: nothing the first time,
// then 0.1 s doubling to 10 s; a run of a minute or more counts as success. Pure; any thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace process {

class Backoff {
public:
    using Duration = std::chrono::nanoseconds;
    static constexpr Duration kFirst = std::chrono::milliseconds(100);
    static constexpr Duration kLongest = std::chrono::seconds(10);
    static constexpr Duration kHealthy = std::chrono::minutes(1);

    void note_start(Duration now) { started_ = now; }
    void note_end(Duration now) {
        if (now - started_ >= kHealthy) next_ = Duration::zero();
        not_before_ = now + next_;
        next_ = std::clamp(next_ * 2, kFirst, kLongest);
    }
    [[nodiscard]] Duration wait(Duration now) const {
        return std::max(not_before_ - now, Duration::zero());
    }

private:
    Duration next_ = Duration::zero();
    Duration started_{0};
    Duration not_before_{0};
};

}  // namespace process

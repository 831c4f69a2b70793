// Measured values and what is told about them. A value; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "json/json.hpp"

namespace bench {

using Time = std::chrono::steady_clock::time_point;

[[nodiscard]] inline Time now() {
    return std::chrono::steady_clock::now();
}
[[nodiscard]] inline double ms_between(Time from, Time to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

class Samples {
public:
    void add(double value) { values_.push_back(value); }
    void add(const Samples& other);
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    // The value that `share` of the samples do not exceed (nearest rank); 0 without samples.
    [[nodiscard]] double at(double share) const;
    [[nodiscard]] double median() const { return at(0.5); }
    // {"n", "min", "p50", "p95", "p99", "max"}
    [[nodiscard]] json::Value summary() const;

private:
    std::vector<double> values_;
};

}  // namespace bench

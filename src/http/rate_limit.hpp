// Token buckets, one per key (a peer address, a person and channel). io thread only; the caller
// gives the time, so tests need no clock. Memory is bounded: full buckets are forgotten, since a
// new one is just as full.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace http {

class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    // `per_second` of zero: no limit.
    RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

    // Takes one token; when there is none, the time until there will be.
    [[nodiscard]] std::optional<std::chrono::seconds> refuse(const std::string& key, Time now);
    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        double tokens;
        Time filled;
    };
    void forget_full_buckets(Time now);
    [[nodiscard]] double tokens_at(const Bucket& bucket, Time now) const;

    double per_second_;
    double burst_;
    std::size_t sweep_at_ = 1'024;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace http

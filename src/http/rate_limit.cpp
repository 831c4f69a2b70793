#include "http/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace http {

double RateLimit::tokens_at(const Bucket& bucket, Time now) const {
    const std::chrono::duration<double> passed = now - bucket.filled;
    return std::min(burst_, bucket.tokens + passed.count() * per_second_);
}

std::optional<std::chrono::seconds> RateLimit::refuse(const std::string& key, Time now) {
    if (per_second_ <= 0) return std::nullopt;
    if (buckets_.size() >= sweep_at_) forget_full_buckets(now);
    Bucket& bucket = buckets_.try_emplace(key, Bucket{burst_, now}).first->second;
    bucket.tokens = tokens_at(bucket, now);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::nullopt;
    }
    const double wait = std::ceil((1 - bucket.tokens) / per_second_);
    return std::chrono::seconds(std::clamp(static_cast<long long>(wait), 1LL, 3'600LL));
}

void RateLimit::forget_full_buckets(Time now) {
    std::erase_if(buckets_,
                  [&](const auto& entry) { return tokens_at(entry.second, now) >= burst_; });
    // Sweeping again before the rest has doubled would cost more than it frees.
    sweep_at_ = std::max<std::size_t>(1'024, buckets_.size() * 2);
}

}  // namespace http

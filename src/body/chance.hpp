// Random numbers that are the same on every machine (PCG32); the standard distributions are not.
#pragma once

#include <cstdint>

namespace body {

class Chance {
public:
    explicit Chance(std::uint64_t seed = 1) { reseed(seed); }

    void reseed(std::uint64_t seed) {
        state_ = seed * 2'862'933'555'777'941'757ULL + 3'037'000'493ULL;
        (void)next();
    }
    [[nodiscard]] std::uint32_t next() {
        const std::uint64_t old = state_;
        state_ = old * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        const auto mixed = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
        const auto turn = static_cast<std::uint32_t>(old >> 59U);
        return (mixed >> turn) | (mixed << ((32U - turn) & 31U));
    }
    // 0 … 1, 1 excluded.
    [[nodiscard]] float part() { return static_cast<float>(next() >> 8U) * (1.0F / 16777216.0F); }
    [[nodiscard]] float between(float low, float high) { return low + (high - low) * part(); }
    [[nodiscard]] std::uint32_t below(std::uint32_t count) {
        return count == 0 ? 0 : static_cast<std::uint32_t>((std::uint64_t{next()} * count) >> 32U);
    }

private:
    std::uint64_t state_ = 0;
};

}  // namespace body

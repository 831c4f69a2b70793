// Sound for tests of what is done to speech: noise shaped like it, and rooms that give an echo.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace media::testing {

// Noise shaped like speech: low-passed, in syllables of about 200 ms, at 16 kHz.
[[nodiscard]] inline std::vector<float> speech_like(std::size_t count, unsigned seed,
                                                    double syllables_per_s = 4) {
    std::mt19937 random(seed);
    std::vector<float> out(count);
    double low = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double white = static_cast<double>(random() % 20'001) / 10'000.0 - 1.0;
        low = 0.8 * low + 0.2 * white;
        const double phase = std::numbers::pi * syllables_per_s * static_cast<double>(i) / 16'000;
        out[i] = static_cast<float>(low * std::abs(std::sin(phase)));
    }
    return out;
}

// One sample of the echo of `said` at its sample `at`: it comes back `delay` samples later, with
// two reflections behind it.
[[nodiscard]] inline double echo_at(std::span<const float> said, std::size_t at, std::size_t delay,
                                    double gain) {
    double echo = 0;
    for (const auto& [behind, share] :
         {std::pair<std::size_t, double>{0, 1.0}, {260, -0.4}, {860, 0.2}}) {
        const std::size_t whole = delay + behind;
        if (at >= whole && at - whole < said.size()) {
            echo += gain * share * static_cast<double>(said[at - whole]);
        }
    }
    return echo;
}

}  // namespace media::testing

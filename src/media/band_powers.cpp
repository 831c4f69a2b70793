#include "media/band_powers.hpp"

#include <cmath>
#include <numbers>

namespace media {
namespace {

// Two equal filters in a row are so much narrower than one.
constexpr double kNarrower = 0.64;
constexpr double kNothing = 1e-30;

}  // namespace

BandPowers::BandPowers(int rate_hz) {
    for (std::size_t b = 0; b < kBands; ++b) {
        const double middle = std::sqrt(kEdgesHz[b] * kEdgesHz[b + 1]);
        const double quality = kNarrower * middle / (kEdgesHz[b + 1] - kEdgesHz[b]);
        const double turn = 2 * std::numbers::pi * middle / rate_hz;
        const double alpha = std::sin(turn) / (2 * quality);
        Filter filter;
        filter.gain = alpha / (1 + alpha);
        filter.a1 = -2 * std::cos(turn) / (1 + alpha);
        filter.a2 = (1 - alpha) / (1 + alpha);
        filters_[b].fill(filter);
    }
}

double BandPowers::Filter::next(double x) {
    const double y = gain * (x - x2) - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    return y;
}

BandPowers::Powers BandPowers::hear(std::span<const float> frame) {
    Powers powers{};
    if (frame.empty()) return powers;
    for (std::size_t b = 0; b < kBands; ++b) {
        double sum = 0;
        for (const float sample : frame) {
            const double passed = filters_[b][1].next(filters_[b][0].next(sample));
            sum += passed * passed;
        }
        // Fading out into denormal numbers would take a hundred times as long as sound.
        for (auto& filter : filters_[b]) {
            if (std::abs(filter.y1) + std::abs(filter.y2) < kNothing) filter.y1 = filter.y2 = 0;
        }
        powers[b] = sum / static_cast<double>(frame.size());
    }
    return powers;
}

void BandPowers::reset() {
    for (auto& band : filters_) {
        for (auto& filter : band) filter.x1 = filter.x2 = filter.y1 = filter.y2 = 0;
    }
}

}  // namespace media

// A tone shows in its band, and white noise in all by their widths.
#include "media/band_powers.hpp"

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace media {
namespace {

constexpr int kBandRate = 16'000;

std::vector<float> steady_tone(double hz, double amplitude, std::size_t count) {
    std::vector<float> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double turn = 2 * std::numbers::pi * hz * static_cast<double>(i) / kBandRate;
        out[i] = static_cast<float>(amplitude * std::sin(turn));
    }
    return out;
}

// Mean over all frames of 10 ms but the first five.
BandPowers::Powers mean_of(BandPowers& bands, const std::vector<float>& sound) {
    BandPowers::Powers mean{};
    const std::size_t frames = sound.size() / 160;
    for (std::size_t i = 0; i < frames; ++i) {
        const auto now = bands.hear(std::span(sound).subspan(i * 160, 160));
        for (std::size_t b = 0; i >= 5 && b < now.size(); ++b) {
            mean[b] += now[b] / static_cast<double>(frames - 5);
        }
    }
    return mean;
}

TEST(BandPowers, AToneShowsInItsBandAndLittleInThoseBesideIt) {
    for (std::size_t band = 0; band < BandPowers::kBands; ++band) {
        const auto& edges = BandPowers::kEdgesHz;
        BandPowers bands(kBandRate);
        const auto mean =
            mean_of(bands, steady_tone(std::sqrt(edges[band] * edges[band + 1]), 0.5, 16'000));
        for (std::size_t b = 0; b < mean.size(); ++b) {
            const double db = 10 * std::log10(mean[b] / 0.125 + 1e-15);
            const auto away = b > band ? b - band : band - b;
            if (away == 0) {
                EXPECT_NEAR(db, 0, 0.2) << band;
            } else {
                EXPECT_LT(db, away == 1 ? -4 : -15) << band << " in " << b;
            }
        }
    }
}

TEST(BandPowers, WhiteNoiseHasPowerByTheBandsWidth) {
    std::mt19937 random(3);
    std::normal_distribution<float> noise(0.0F, 0.1F);
    std::vector<float> sound(64'000);
    for (auto& sample : sound) sample = noise(random);
    BandPowers bands(kBandRate);
    const auto mean = mean_of(bands, sound);
    for (std::size_t b = 0; b < mean.size(); ++b) {
        const double width = BandPowers::kEdgesHz[b + 1] - BandPowers::kEdgesHz[b];
        EXPECT_NEAR(10 * std::log10(mean[b] / (0.01 * width / 8'000)), 0, 2) << b;
    }
}

TEST(BandPowers, SilenceIsNothingAndAResetForgets) {
    BandPowers bands(kBandRate);
    static_cast<void>(bands.hear(steady_tone(1'000, 1, 160)));
    bands.reset();
    for (const double power : bands.hear(std::vector<float>(160, 0.0F))) EXPECT_EQ(power, 0);
    for (const double power : bands.hear({})) EXPECT_EQ(power, 0);
}

}  // namespace
}  // namespace media

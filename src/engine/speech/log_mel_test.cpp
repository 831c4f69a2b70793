// The features against a transform by definition.
#include "engine/speech/log_mel.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace engine::speech {
namespace {

constexpr std::size_t kSamples = LogMel::kSamples;
constexpr std::size_t kColumns = LogMel::kColumns;
constexpr std::size_t kBands = LogMel::kBands;

// Librosa's definition: Hann window of 400 around each 160th sample, mirrored at the ends; Slaney's
// triangles of equal area; the logarithm, at most eight decades below the highest, to about 0 … 2.
std::vector<float> by_definition(std::vector<double> sound) {
    const auto count = static_cast<double>(kSamples);
    sound.insert(sound.begin(), kSamples - sound.size(), 0.0);
    double mean = 0;
    for (const double value : sound) mean += value / count;
    double variance = 0;
    for (const double value : sound) variance += (value - mean) * (value - mean) / count;
    for (double& value : sound) value = (value - mean) / std::sqrt(variance + 1e-7);
    const auto mel = [](double hz) {
        return hz < 1000 ? hz * 3 / 200 : 15 + std::log(hz / 1000) * 27 / std::log(6.4);
    };
    const auto hz_of = [](double m) {
        return m < 15 ? m * 200 / 3 : 1000 * std::exp(std::log(6.4) / 27 * (m - 15));
    };
    std::vector<double> out(kBands * kColumns, 0);
    double highest = -1e9;
    std::vector<std::complex<double>> turns(400);
    for (std::size_t i = 0; i < 400; ++i) {
        turns[i] = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i) / 400);
    }
    for (std::size_t column = 0; column < kColumns; ++column) {
        std::vector<double> window(400);
        for (std::size_t i = 0; i < 400; ++i) {
            auto at = static_cast<long>(column * 160 + i) - 200;
            if (at < 0) at = -at;
            if (at >= static_cast<long>(kSamples)) at = 2 * static_cast<long>(kSamples) - 2 - at;
            const double hann =
                0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / 400);
            window[i] = sound[static_cast<std::size_t>(at)] * hann;
        }
        std::vector<double> power(201);
        for (std::size_t k = 0; k < power.size(); ++k) {
            std::complex<double> sum;
            for (std::size_t i = 0; i < 400; ++i) sum += window[i] * turns[i * k % 400];
            power[k] = std::norm(sum);
        }
        for (std::size_t m = 0; m < kBands; ++m) {
            const auto edge = [&](std::size_t i) {
                return hz_of(mel(8000) * static_cast<double>(i) / (kBands + 1));
            };
            const double low = edge(m);
            const double middle = edge(m + 1);
            const double high = edge(m + 2);
            double energy = 0;
            for (std::size_t k = 0; k < power.size(); ++k) {
                const double hz = 40.0 * static_cast<double>(k);
                const double height =
                    std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
                energy += std::max(0.0, height) * 2 / (high - low) * power[k];
            }
            out[m * kColumns + column] = std::log10(std::max(energy, 1e-10));
            highest = std::max(highest, out[m * kColumns + column]);
        }
    }
    std::vector<float> scaled;
    scaled.reserve(out.size());
    for (const double value : out) {
        scaled.push_back(static_cast<float>((std::max(value, highest - 8) + 4) / 4));
    }
    return scaled;
}

TEST(LogMel, IsTheTransformByDefinition) {
    // Shorter than the picture: silence before it, in the middle of a column.
    constexpr std::size_t kLength = 20'077;
    std::mt19937 random(5);
    std::vector<float> sound(kLength);
    std::vector<double> exact(kLength);
    for (std::size_t i = 0; i < kLength; ++i) {
        const double tone = std::sin(static_cast<double>(i) * 0.31) * 0.3;
        const double noise = static_cast<double>(random() % 2000) / 1e4 - 0.1;
        sound[i] = static_cast<float>(tone + noise);
        exact[i] = static_cast<double>(sound[i]);
    }
    const auto got = LogMel().compute(sound);
    const auto wanted = by_definition(exact);
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_NEAR(got[i], wanted[i], 2e-3)
            << "band " << i / kColumns << ", column " << i % kColumns;
    }
}

}  // namespace
}  // namespace engine::speech

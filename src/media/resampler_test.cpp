#include "media/resampler.hpp"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace media {
namespace {

std::vector<float> sine(double hz, int rate_hz, std::size_t count, double amplitude = 0.5) {
    std::vector<float> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = static_cast<float>(
            amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz));
    }
    return out;
}

std::vector<float> convert(Resampler& resampler, std::span<const float> in) {
    std::vector<float> out;
    resampler.process(in, out);
    resampler.flush(out);
    return out;
}

double power(std::span<const float> samples) {
    double sum = 0;
    for (const float s : samples) sum += static_cast<double>(s) * static_cast<double>(s);
    return sum / static_cast<double>(samples.size());
}

// Signal to error against the same sine made at the other rate; the ends, where the stream begins
// and stops, are left out.
double snr_db(double hz, int in_hz, int out_hz) {
    auto resampler = Resampler::make(in_hz, out_hz);
    const auto got = convert(*resampler, sine(hz, in_hz, static_cast<std::size_t>(in_hz / 4)));
    const auto ideal = sine(hz, out_hz, got.size());
    const std::size_t edge = got.size() / 10;
    std::vector<float> error;
    for (std::size_t i = edge; i < got.size() - edge; ++i) error.push_back(got[i] - ideal[i]);
    const auto middle = std::span(ideal).subspan(edge, got.size() - 2 * edge);
    return 10 * std::log10(power(middle) / power(error));
}

constexpr int kRates[] = {8'000, 11'025, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000};

TEST(Resampler, KeepsASineAbove90dBForEveryPairOfUsualRates) {
    for (const int in_hz : kRates) {
        for (const int out_hz : kRates) {
            if (in_hz == out_hz) continue;
            EXPECT_GT(snr_db(997, in_hz, out_hz), 90) << in_hz << " -> " << out_hz;
            const double edge_hz = 0.87 * std::min(in_hz, out_hz) / 2;
            EXPECT_GT(snr_db(edge_hz, in_hz, out_hz), 80) << in_hz << " -> " << out_hz;
        }
    }
}

TEST(Resampler, WhatTheNewRateCannotHoldIsGone) {
    for (const auto [in_hz, out_hz] :
         {std::pair{48'000, 16'000}, {24'000, 16'000}, {44'100, 8'000}}) {
        auto resampler = Resampler::make(in_hz, out_hz);
        const double hz = 1.02 * out_hz / 2;
        const auto out = convert(*resampler, sine(hz, in_hz, static_cast<std::size_t>(in_hz)));
        const auto middle = std::span(out).subspan(out.size() / 10, out.size() * 8 / 10);
        EXPECT_LT(10 * std::log10(power(middle) / 0.125), -90) << in_hz << " -> " << out_hz;
    }
}

TEST(Resampler, GivesTheSameSamplesForEverySplitAndExactlyTheRightNumber) {
    std::mt19937 random(7);
    for (const auto [in_hz, out_hz] :
         {std::pair{22'050, 24'000}, {44'100, 16'000}, {8'000, 48'000}, {24'000, 8'000}}) {
        auto whole = Resampler::make(in_hz, out_hz);
        for (int round = 0; round < 8; ++round) {
            const std::size_t size = 1 + random() % 9'000;
            std::vector<float> in(size);
            for (float& s : in) s = static_cast<float>(random() % 2'000) / 1'000.0F - 1.0F;
            const auto expected = convert(*whole, in);
            const auto wanted = (static_cast<Samples>(size) * out_hz + in_hz - 1) / in_hz;
            ASSERT_EQ(static_cast<Samples>(expected.size()), wanted);

            auto split = Resampler::make(in_hz, out_hz);
            std::vector<float> got;
            for (std::size_t at = 0; at < size;) {
                const std::size_t take = std::min<std::size_t>(size - at, random() % 700);
                split->process(std::span(in).subspan(at, take), got);
                at += take;
                // The promise about latency: output k is out exactly when its time is reached.
                const Samples reached = static_cast<Samples>(at) - split->latency();
                const Samples due = reached <= 0 ? 0 : (reached * out_hz + in_hz - 1) / in_hz;
                ASSERT_EQ(static_cast<Samples>(got.size()), due);
            }
            split->flush(got);
            ASSERT_EQ(got, expected);
        }
    }
}

TEST(Resampler, LatencyIsAFewMilliseconds) {
    for (const int in_hz : kRates) {
        for (const int out_hz : kRates) {
            const auto resampler = Resampler::make(in_hz, out_hz);
            const double ms = 1000.0 * static_cast<double>(resampler->latency()) / in_hz;
            EXPECT_LE(ms, 48.0 * 1000 / std::min(in_hz, out_hz) + 0.1);
            EXPECT_EQ(ms == 0, in_hz == out_hz);
        }
    }
}

TEST(Resampler, AConstantStaysThatConstant) {
    auto resampler = Resampler::make(22'050, 16'000);
    const auto out = convert(*resampler, std::vector<float>(4'000, 0.25F));
    for (std::size_t i = 200; i < out.size() - 200; ++i) ASSERT_NEAR(out[i], 0.25F, 1e-6);
}

TEST(Resampler, TakesNoMemoryOnceItIsWarm) {
    auto resampler = Resampler::make(24'000, 48'000);
    const std::vector<float> block(480, 0.1F);
    std::vector<float> out;
    out.reserve(2'000);
    const float* place = out.data();
    for (int i = 0; i < 100; ++i) {
        out.clear();
        resampler->process(block, out);
    }
    EXPECT_EQ(out.data(), place);
    EXPECT_EQ(out.size(), 960U);
}

TEST(Resampler, RefusesRatesItCannotServe) {
    EXPECT_EQ(Resampler::make(4'000, 16'000).error().code, base::ErrorCode::invalid_argument);
    EXPECT_EQ(Resampler::make(16'000, 96'000).error().code, base::ErrorCode::invalid_argument);
    EXPECT_EQ(Resampler::make(22'051, 47'999).error().code, base::ErrorCode::unsupported);
}

}  // namespace
}  // namespace media

// The quick logarithm of a probability beside the plain one.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "engine/logprob.hpp"

namespace engine {
namespace {

double plainly(const std::vector<float>& scores, std::size_t chosen) {
    double sum = 0;
    for (const float score : scores) {
        sum += std::exp(static_cast<double>(score) - static_cast<double>(scores[chosen]));
    }
    return -std::log(sum);
}

TEST(LogProbabilityTest, IsThatOfTheSoftmaxOverAWholeVocabulary) {
    std::mt19937 random(3);
    for (const float spread : {0.1F, 2.0F, 12.0F}) {
        std::normal_distribution<float> score(-4.0F, spread);
        std::vector<float> scores(51'865);
        for (auto& one : scores) one = score(random);
        for (const std::size_t chosen : {std::size_t{0}, std::size_t{777}, scores.size() - 1}) {
            EXPECT_NEAR(log_probability(scores, chosen), plainly(scores, chosen), 2e-3) << spread;
        }
    }
}

TEST(LogProbabilityTest, OneOfEqualsHasItsShareHoweverLargeTheScores) {
    for (const float level : {-1e4F, 0.0F, 1e4F}) {
        const std::array scores{level, level, level, level};
        EXPECT_NEAR(log_probability(scores, 2), std::log(0.25), 1e-3) << level;
    }
    EXPECT_NEAR(log_probability(std::array{5.0F}, 0), 0, 1e-3);
}

TEST(LogProbabilityTest, WhatMayNotComeHasNoShare) {
    constexpr float kNever = -std::numeric_limits<float>::infinity();
    const std::array scores{0.0F, kNever, 0.0F};
    EXPECT_NEAR(log_probability(scores, 0), std::log(0.5), 1e-3);
    EXPECT_EQ(log_probability(scores, 1), -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace engine

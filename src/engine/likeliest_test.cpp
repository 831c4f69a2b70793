// The likeliest tokens beside a full sort.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "engine/likeliest.hpp"

namespace engine {
namespace {

using Places = std::vector<std::uint32_t>;

Places likeliest_of(const std::vector<float>& scores, std::size_t count) {
    Places places{7};
    likeliest(scores, count, places);
    EXPECT_TRUE(std::ranges::is_sorted(places));
    return places;
}

TEST(LikeliestTest, HoldsTheGreatestAndLittleElse) {
    std::mt19937 random(5);
    for (const std::size_t vocabulary : {49'152U, 51'865U, 151'936U, 8'200U}) {
        std::normal_distribution<float> score(-4.0F, 3.0F);
        std::vector<float> scores(vocabulary);
        for (auto& one : scores) one = score(random);
        for (const std::size_t count : {1U, 40U, 104U}) {
            const auto places = likeliest_of(scores, count);
            EXPECT_GE(places.size(), count);
            EXPECT_LT(places.size(), 4 * count + 8) << vocabulary;
            auto order = scores;
            std::ranges::sort(order, std::greater<>());
            const auto reach = std::ranges::count_if(
                places, [&](std::uint32_t at) { return scores[at] >= order[count - 1]; });
            EXPECT_EQ(reach, static_cast<std::ptrdiff_t>(count)) << "one of the greatest is gone";
        }
    }
}

TEST(LikeliestTest, GreatestInOneGroupAreAllThere) {
    std::vector<float> scores(49'152, -5.0F);
    for (std::size_t at = 1000; at < 1040; ++at) scores[at] = 3.0F;
    const auto places = likeliest_of(scores, 40);
    const std::set<std::uint32_t> found(places.begin(), places.end());
    for (std::uint32_t at = 1000; at < 1040; ++at) EXPECT_TRUE(found.contains(at)) << at;
}

TEST(LikeliestTest, TakesAllWhereFewerAreThereThanWanted) {
    EXPECT_EQ(likeliest_of({3, 1, 2}, 40), (Places{0, 1, 2}));
    EXPECT_EQ(likeliest_of(std::vector<float>(1000, 1.0F), 3).size(), 1000U) << "all are equal";
    EXPECT_TRUE(likeliest_of({1, 2}, 0).empty());
    EXPECT_TRUE(likeliest_of({}, 3).empty());
}

TEST(LikeliestTest, WhatIsNoNumberIsLeftOut) {
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    constexpr float kNever = -std::numeric_limits<float>::infinity();
    EXPECT_EQ(likeliest_of({kNone, 1, kNever}, 9), (Places{1, 2}));
    EXPECT_TRUE(likeliest_of({kNone, kNone}, 1).empty());
}

}  // namespace
}  // namespace engine

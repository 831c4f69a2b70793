#include <gtest/gtest.h>

#include "engine/core_budget.hpp"
#include "engine/memory_budget.hpp"

namespace engine {
namespace {

constexpr std::uint64_t kMegabyte = 1024 * 1024;

ContextWish wish() {
    return {8192, 4096, 2, 100'000, 64 * kMegabyte};
}

TEST(Memory, ReadsWhatIsAvailable) {
    EXPECT_EQ(parse_meminfo("MemTotal: 9 kB\nMemAvailable:    1234 kB\n"), 1234u * 1024);
    EXPECT_FALSE(parse_meminfo("MemTotal: 9 kB\n"));
    EXPECT_FALSE(parse_meminfo("MemAvailable: none\n"));
}

TEST(Memory, FullContextWhenThereIsRoom) {
    const auto plan = plan_context(wish(), 64'000 * kMegabyte);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->tokens, 4096);
    EXPECT_EQ(plan->cells, 8192);
    EXPECT_TRUE(plan->reason.empty());
}

TEST(Memory, FirstTheSideBySideRoomShrinksThenTheContext) {
    const auto some = plan_context(wish(), 320 * kMegabyte + 5000ull * 100'000);
    ASSERT_TRUE(some);
    EXPECT_EQ(some->tokens, 4096);
    EXPECT_EQ(some->cells, 5000);
    const auto little = plan_context(wish(), 320 * kMegabyte + 1000ull * 100'000);
    ASSERT_TRUE(little);
    EXPECT_EQ(little->tokens, 1000);
    EXPECT_NE(little->reason.find("memory"), std::string::npos);
}

TEST(Memory, RefusesWhenEvenASmallContextDoesNotFit) {
    const auto plan = plan_context(wish(), 200 * kMegabyte);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, base::ErrorCode::out_of_memory);
    EXPECT_FALSE(plan.error().hint.empty());
}

TEST(Memory, NeverMoreThanTheModelWasTrainedFor) {
    auto big = wish();
    big.wanted_tokens = 200'000;
    const auto plan = plan_context(big, 64'000 * kMegabyte);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->tokens, 8192);
    EXPECT_FALSE(plan->reason.empty());
}

TEST(Cores, ReadsHowManyTasksWantToRun) {
    EXPECT_EQ(parse_running("0.20 0.18 0.12 3/1084 4711"), 3);
    EXPECT_EQ(parse_running("0.20"), 0);
    EXPECT_EQ(parse_running(""), 0);
    EXPECT_GE(core_budget(), 1);
    EXPECT_LE(core_budget(2), 2);
}

}  // namespace
}  // namespace engine

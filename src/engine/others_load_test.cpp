#include "engine/others_load.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

using std::chrono::milliseconds;

TEST(OthersLoad, ReadsWhatTheKernelCounts) {
    // user 100, nice 10, system 20, idle 5000, iowait 70, irq 1, softirq 2, steal 7
    const auto spent = OthersLoad::parse_spent("cpu  100 10 20 5000 70 1 2 7 0 0\ncpu0 1 2", 100);
    EXPECT_EQ(spent, milliseconds(1400));
    EXPECT_EQ(OthersLoad::parse_spent("", 100), std::nullopt);
    EXPECT_EQ(OthersLoad::parse_spent("cpu  100 10", 100), std::nullopt);
    EXPECT_EQ(OthersLoad::parse_spent("cpu0 100 10 20 5000 70 1 2 7", 100), std::nullopt);
    EXPECT_EQ(OthersLoad::parse_spent("cpu  1 1 1 1 1 1 1 -7", 100), std::nullopt);
}

TEST(OthersLoad, CountsOnlyWhatOthersUsed) {
    OthersLoad load;
    OthersLoad::Time now{};
    EXPECT_EQ(load.cores(now, {milliseconds(5000), milliseconds(1000)}), 0);
    // In the next second: 1.6 s of all, 1.1 s of it by this program.
    now += milliseconds(1000);
    EXPECT_DOUBLE_EQ(load.cores(now, {milliseconds(6600), milliseconds(2100)}), 0.5);
    // Too soon to tell anew.
    now += milliseconds(100);
    EXPECT_DOUBLE_EQ(load.cores(now, {milliseconds(9000), milliseconds(2100)}), 0.5);
    // The own time may be ahead of the kernel's coarse count.
    now += milliseconds(1000);
    EXPECT_DOUBLE_EQ(load.cores(now, {milliseconds(6700), milliseconds(3000)}), 0);
}

TEST(OthersLoad, LeavesOthersTheirCores) {
    EXPECT_EQ(threads_beside(0, 2), 2);
    EXPECT_EQ(threads_beside(0.4, 2), 2);
    EXPECT_EQ(threads_beside(0.6, 2), 1);
    EXPECT_EQ(threads_beside(7, 2), 1);
    EXPECT_EQ(threads_beside(1, 4), 3);
}

}  // namespace
}  // namespace engine

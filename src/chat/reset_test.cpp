#include "chat/reset.hpp"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace chat {
namespace {

constexpr long long kMinute = 60'000;

long long local(int day, int hour, int minute) {
    std::tm parts{};
    parts.tm_year = 126;
    parts.tm_mon = 5;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_isdst = -1;
    return static_cast<long long>(std::mktime(&parts)) * 1000;
}

TEST(ResetRule, SilenceCountsFromTheLastMessage) {
    const ResetRule rule{std::chrono::minutes(30), {}};
    const long long now = local(10, 12, 0);
    EXPECT_EQ(reset_due(rule, now - 29 * kMinute, now), ResetCause::none);
    EXPECT_EQ(reset_due(rule, now - 30 * kMinute, now), ResetCause::idle);
    EXPECT_EQ(reset_due(rule, now + kMinute, now), ResetCause::none) << "the clock went back";
    EXPECT_EQ(reset_due({}, 1, now), ResetCause::none);
    EXPECT_FALSE(ResetRule{}.any());
}

TEST(ResetRule, TheTimeOfDayIsLocal) {
    const ResetRule rule{std::chrono::minutes(0), daily_time("04:00")};
    EXPECT_EQ(reset_due(rule, local(10, 3, 50), local(10, 4, 10)), ResetCause::daily);
    EXPECT_EQ(reset_due(rule, local(10, 4, 0), local(10, 4, 10)), ResetCause::none);
    EXPECT_EQ(reset_due(rule, local(9, 23, 0), local(10, 3, 59)), ResetCause::none);
    EXPECT_EQ(reset_due(rule, local(9, 3, 59), local(10, 3, 59)), ResetCause::daily);
}

TEST(ResetRule, ReadsTimesOfDay) {
    EXPECT_EQ(daily_time("04:30"), std::chrono::minutes(270));
    for (const char* text : {"off", "", "24:00", "04:60", "4:00", "-1:00", "04-00"}) {
        EXPECT_FALSE(daily_time(text)) << text;
    }
}

TEST(ResetRule, TheNoticeSaysWhy) {
    EXPECT_EQ(reset_notice(ResetCause::idle, 42 * kMinute),
              "New conversation after 42 minutes of silence. I still know what we said in the last "
              "one.");
    EXPECT_TRUE(reset_notice(ResetCause::idle, 26 * 60 * kMinute).contains("after 26 hours of"));
    EXPECT_TRUE(reset_notice(ResetCause::daily, 1).starts_with("A new day"));
}

}  // namespace
}  // namespace chat

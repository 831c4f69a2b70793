#include "chat/reset.hpp"

#include <charconv>
#include <ctime>

#include <fmt/core.h>

namespace chat {
namespace {

constexpr long long kMinuteMs = 60'000;
constexpr long long kHourMinutes = 60;
constexpr long long kDayMinutes = 24 * kHourMinutes;

// The newest moment, not after `now_ms`, at which local clocks showed this time of day.
long long last_time_of_day(std::chrono::minutes at, long long now_ms) {
    const auto now = static_cast<std::time_t>(now_ms / 1000);
    std::tm day{};
    localtime_r(&now, &day);
    for (int back = 0; back < 3; ++back) {
        std::tm moment = day;
        moment.tm_mday -= back;
        moment.tm_hour = static_cast<int>(at.count() / 60);
        moment.tm_min = static_cast<int>(at.count() % 60);
        moment.tm_sec = 0;
        moment.tm_isdst = -1;  // mktime finds out
        const long long ms = static_cast<long long>(std::mktime(&moment)) * 1000;
        if (ms <= now_ms) return ms;
    }
    return now_ms;
}

std::string length_of(long long ms) {
    const long long minutes = ms / kMinuteMs;
    const auto plural = [](long long n, std::string_view unit) {
        return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
    };
    if (minutes < 2 * kHourMinutes) return plural(minutes, "minute");
    if (minutes < 2 * kDayMinutes) return plural(minutes / kHourMinutes, "hour");
    return plural(minutes / kDayMinutes, "day");
}

}  // namespace

ResetCause reset_due(const ResetRule& rule, long long last_ms, long long now_ms) {
    if (last_ms <= 0 || now_ms <= last_ms) return ResetCause::none;
    if (rule.daily && last_time_of_day(*rule.daily, now_ms) > last_ms) return ResetCause::daily;
    if (rule.idle.count() > 0 && now_ms - last_ms >= rule.idle.count() * kMinuteMs) {
        return ResetCause::idle;
    }
    return ResetCause::none;
}

std::optional<std::chrono::minutes> daily_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    int hours = 0;
    int minutes = 0;
    const char* const begin = &text.front();
    const char* const end = begin + text.size();
    const bool whole = std::from_chars(begin, begin + 2, hours).ptr == begin + 2 &&
                       std::from_chars(begin + 3, end, minutes).ptr == end;
    if (!whole || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    return std::chrono::minutes(hours * 60 + minutes);
}

std::string reset_notice(ResetCause cause, long long quiet_ms) {
    std::string begin = "New conversation.";
    if (cause == ResetCause::idle) {
        begin = fmt::format("New conversation after {} of silence.", length_of(quiet_ms));
    } else if (cause == ResetCause::daily) {
        begin = "A new day, a new conversation.";
    }
    return begin + " I still know what we said in the last one.";
}

}  // namespace chat

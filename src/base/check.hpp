// Two levels above Result: BUG_CHECK for a broken invariant that can be contained, FATAL for one
// that cannot. Expected failures are never checked this way; they are Results.
#pragma once

#include <string_view>

namespace base::detail {
// Logs and counts; aborts in builds without NDEBUG.
void report_bug(std::string_view condition, std::string_view file, int line);
[[noreturn]] void die(std::string_view message, std::string_view file, int line);
}  // namespace base::detail

// BUG_CHECK(queue.size() <= kMax) { co_return base::fail(...); }  - the block runs when it is false
#define BUG_CHECK(condition)       \
    if (!(condition)) [[unlikely]] \
        if (::base::detail::report_bug(#condition, __FILE__, __LINE__); true)
#define FATAL(message) ::base::detail::die(message, __FILE__, __LINE__)

#include "base/check.hpp"

#include <cstdlib>

#include "base/log.hpp"

namespace base::detail {

void report_bug(std::string_view condition, std::string_view file, int line) {
    LOG_ERROR("bug", "broken invariant", {"condition", condition}, {"file", file}, {"line", line});
#ifndef NDEBUG
    std::abort();
#endif
}

void die(std::string_view message, std::string_view file, int line) {
    LOG_ERROR("bug", "cannot go on", {"reason", message}, {"file", file}, {"line", line});
    std::abort();
}

}  // namespace base::detail

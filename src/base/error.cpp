#include "base/error.hpp"

#include <array>
#include <cstddef>

namespace base {
namespace {

constexpr std::array<std::string_view, 17> kNames = {
    "invalid_argument", "not_found", "conflict", "unauthorized", "forbidden", "too_large",
    "rate_limited",     "cancelled", "timeout",  "unavailable",  "upstream",  "engine_crashed",
    "out_of_memory",    "storage",   "corrupt",  "unsupported",  "internal"};

}  // namespace

std::string_view to_string(ErrorCode code) {
    return kNames.at(static_cast<std::size_t>(code));
}

ErrorCode error_code_from(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames.at(i) == name) return static_cast<ErrorCode>(i);
    }
    return ErrorCode::internal;
}

std::string Error::text() const {
    return hint.empty() ? message : message + " (" + hint + ")";
}

Error Error::within(std::string_view context) && {
    message.insert(0, std::string(context) + ": ");
    return std::move(*this);
}

Error Error::with(std::string key, std::string value) && {
    details.emplace_back(std::move(key), std::move(value));
    return std::move(*this);
}

}  // namespace base

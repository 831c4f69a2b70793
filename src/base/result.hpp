// Result<T>: a value or an Error, and the macros that hand an Error to the caller.
//
//   TRY(config, load(path));              // plain functions: declares `config`
//   CO_TRY(row, co_await store.get(id));  // coroutines
//   TRY_DO(check(x)); CO_TRY_DO(co_await flush());   // Result<void>
#pragma once

#include <expected>
#include <utility>

#include "base/error.hpp"

namespace base {

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message,
                                                 std::string hint = {}) {
    return std::unexpected(make_error(code, std::move(message), std::move(hint)));
}

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
    return std::unexpected(std::move(error));
}

}  // namespace base

#define LOCI_TRY_IMPL(name, expr, leave)                                         \
    auto name##_result = (expr);                                                 \
    if (!name##_result) leave std::unexpected(std::move(name##_result.error())); \
    auto name = std::move(*name##_result)

#define LOCI_CONCAT_(a, b) a##b
#define LOCI_CONCAT(a, b) LOCI_CONCAT_(a, b)
#define LOCI_TRY_DO_IMPL(name, expr, leave) \
    if (auto name = (expr); !name) leave std::unexpected(std::move(name.error()))

#define TRY(name, expr) LOCI_TRY_IMPL(name, expr, return)
#define CO_TRY(name, expr) LOCI_TRY_IMPL(name, expr, co_return)
#define TRY_DO(expr) LOCI_TRY_DO_IMPL(LOCI_CONCAT(try_result_, __LINE__), expr, return)
#define CO_TRY_DO(expr) LOCI_TRY_DO_IMPL(LOCI_CONCAT(try_result_, __LINE__), expr, co_return)

// JSON values, parsing and writing. The only room that names the JSON library.
// Parsing is hostile-input safe: size and depth limits, UTF-8 checked, no exceptions. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

struct Limits {
    std::size_t max_bytes = 16'000'000;
    std::size_t max_depth = 64;
};

// Errors: corrupt (with the byte offset) and too_large.
[[nodiscard]] base::Result<Value> parse(std::string_view text, Limits limits = {});
[[nodiscard]] std::string write(const Value& value);
// Two-space indented, for files and people.
[[nodiscard]] std::string write_pretty(const Value& value);

// Look-ups that never throw: nullptr or the fallback when absent or of another type.
[[nodiscard]] const Value* find(const Value& value, std::string_view key);
// Path with dots, array indices as numbers: "choices.0.delta.content".
[[nodiscard]] const Value* find_path(const Value& value, std::string_view path);
[[nodiscard]] std::string string_or(const Value* value, std::string_view fallback = {});
[[nodiscard]] long long int_or(const Value* value, long long fallback);
[[nodiscard]] double number_or(const Value* value, double fallback);
[[nodiscard]] bool bool_or(const Value* value, bool fallback);

}  // namespace json

// From what was written to a checked value: types, choices, ranges and forms of one setting.
// Pure functions; any thread. Messages never repeat the value of a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/fields.hpp"
#include "config/substitute.hpp"
#include "config/tree.hpp"
#include "json/json.hpp"

namespace config {

// Texts are read as the field wants them ("8080" is a number, "off" is false), since environment
// variables and ${VAR} know only texts. Lists may be written as "a, b". Variables are replaced
// when `variables` is given. Errors: invalid_argument, not_found (a variable).
[[nodiscard]] base::Result<json::Value> read_value(const Field& field, const Node& node,
                                                   const Variables* variables);

// The same checks for a value that came as JSON.
[[nodiscard]] base::Result<json::Value> check_value(const Field& field, const json::Value& value);

// A value of an alias in the words of the setting it stands for: RUST_LOG=info,hyper=warn is info.
[[nodiscard]] std::string adapt_alias(std::string_view alias, std::string_view value);

// "sk-…abcd": at most the last four characters, and none of a short value.
[[nodiscard]] std::string mask(std::string_view secret);
[[nodiscard]] bool is_mask(std::string_view text);

}  // namespace config

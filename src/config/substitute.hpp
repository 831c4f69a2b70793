// Variables inside values: ${VAR}, ${VAR:-default} and env:NAME; and the file secrets.env that may
// define them. Pure functions; any thread. Errors never hold the value of a variable.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace config {

using Variables = std::map<std::string, std::string, std::less<>>;

// `$${` stands for a plain `${`. A default may itself hold variables. Errors: not_found (the
// variable's name is in the message), invalid_argument (a brace that is not closed, a bad name).
[[nodiscard]] base::Result<std::string> substitute(std::string_view text, const Variables& known);

// Lines NAME=value, `export NAME=value`, # comments; values may stand in single or double quotes.
// Errors: corrupt, naming the line.
[[nodiscard]] base::Result<Variables> parse_secrets(std::string_view text);

}  // namespace config

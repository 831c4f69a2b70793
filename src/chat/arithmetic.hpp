// Arithmetic in everyday words: "what is 7 plus 5?", "15% of 80", "3 + 4 * 2". Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

struct Calculation {
    std::string expression;  // normalised, "7 + 5"
    std::string result;      // "12", "0.333333", or "undefined" for a division by zero
};

// Empty unless the whole utterance, apart from a question around it, is one calculation with at
// least one operator.
[[nodiscard]] std::optional<Calculation> calculate(std::string_view utterance);

}  // namespace chat

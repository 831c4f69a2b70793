// What is said and done when a person orders the body about. Pure but for the answers, which take
// turns; io thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/body_link.hpp"

namespace chat {

struct OrderAnswer {
    std::string text;  // in character
    std::vector<body::text::Directive> directives;
    bool understood = true;  // false: the text names what could have been meant
};

// For what stands behind /do or comes from a command box: there is always an answer.
[[nodiscard]] std::optional<OrderAnswer> answer_order(BodyLink& link, std::string_view text);
// For an ordinary message; nothing when it is no order.
[[nodiscard]] std::optional<OrderAnswer> answer_free_order(BodyLink& link, std::string_view text);

}  // namespace chat

// The title of a new conversation, made after a reply and never before it. Failures are logged and
// it is tried again after the next reply.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/rows.hpp"
#include "chat/services.hpp"

namespace chat {

// Names an untitled conversation after its first message; empty when there is nothing to do.
[[nodiscard]] async::Task<std::optional<std::string>> make_title(ChatServices& services,
                                                                 ports::SessionRow session,
                                                                 Rows history);

// "Tell me a story about a fox." gives "A story about a fox". Pure.
[[nodiscard]] std::string title_from(std::string_view first_message);

}  // namespace chat

// What happens after a reply, never before it: the title of a new conversation and the summary of
// a long one. Failures are logged and tried again after the next reply.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chat/services.hpp"

namespace chat {

// Names an untitled conversation after its first message; empty when there is nothing to do.
[[nodiscard]] async::Task<std::optional<std::string>> make_title(
    ChatServices& services, ports::SessionRow session, std::vector<ports::MessageRow> history);

// Asks the model for a summary of all but the newest messages and stores it.
[[nodiscard]] async::Task<void> make_summary(ChatServices& services, ports::SessionRow session,
                                             std::vector<ports::MessageRow> history,
                                             ModelRoute route, std::stop_token stop);

// "Tell me a story about a fox." gives "A story about a fox". Pure.
[[nodiscard]] std::string title_from(std::string_view first_message);

}  // namespace chat

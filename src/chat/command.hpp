// Commands: messages such as /reset that every surface understands, because the server does. What
// moves the conversation (reset, new_, clear) is done by Inbox before the message is accepted; the
// answer is authored here. io thread only; a message that is no command is left alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chat/services.hpp"

namespace chat {

enum class Command { reset, new_, clear, stats, help };

// The whole message must be the command, in any case.
[[nodiscard]] std::optional<Command> command_of(std::string_view text);
[[nodiscard]] bool is_command(std::string_view text);
// What the body is to do: "wave" of "/do wave"; nothing when the message does not begin so.
[[nodiscard]] std::optional<std::string> do_argument(std::string_view text);

// What is said in reply to a command in this conversation.
[[nodiscard]] async::Task<base::Result<std::string>> answer_command(ChatServices& services,
                                                                    Command command,
                                                                    base::SessionId session);

}  // namespace chat

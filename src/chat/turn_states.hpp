// How the states of a turn are called: in the store, on its reply, and in the detail of a reply.
// Pure functions.
#pragma once

#include <string>

#include "ports/llm.hpp"
#include "ports/store.hpp"
#include "protocol/values.hpp"

namespace chat {

[[nodiscard]] std::string finish_name(ports::LlmFinish finish);
[[nodiscard]] ports::StoredTurnState to_stored(protocol::TurnState state);
// A running turn that nobody looks into may be thinking or answering: `answering`.
[[nodiscard]] protocol::TurnState from_stored(ports::StoredTurnState state);
[[nodiscard]] ports::StoredStatus status_of_reply(protocol::TurnState state);

}  // namespace chat

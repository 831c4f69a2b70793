// Stored rows as the wire types of protocol/. Pure.
#pragma once

#include "ports/store.hpp"
#include "protocol/values.hpp"

namespace chat {

[[nodiscard]] protocol::Message to_wire(const ports::MessageRow& row);
[[nodiscard]] protocol::Session to_wire(const ports::SessionRow& row, bool running);

}  // namespace chat

// Turns the wire types of protocol/app.schema.json into JSON text and back. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/json.hpp"
#include "protocol/commands.hpp"
#include "protocol/events.hpp"
#include "protocol/values.hpp"

namespace protocol {

// The `type` of an event or command, such as "reply.delta".
[[nodiscard]] std::string_view type_of(const Event& event);
[[nodiscard]] std::string_view type_of(const Command& command);

// JSON object with `type` first; with a sequence number on the socket.
[[nodiscard]] json::Value encode(const Event& event, std::optional<long long> seq = {});
[[nodiscard]] std::string encode_text(const Event& event, std::optional<long long> seq = {});
[[nodiscard]] json::Value encode(const Command& command);

// Errors: corrupt, too_large, invalid_argument (names the field, or the unknown type).
[[nodiscard]] base::Result<Command> decode_command(std::string_view text);
[[nodiscard]] base::Result<Event> decode_event(std::string_view text);

[[nodiscard]] ErrorInfo to_error_info(const base::Error& error);
[[nodiscard]] base::Error from_error_info(const ErrorInfo& info);

}  // namespace protocol

// Turns the wire types of protocol/voice.schema.json into JSON text and back. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/voice_types.hpp"

namespace protocol {

[[nodiscard]] std::string encode_text(const VoiceEvent& event);
// Errors: corrupt, too_large, invalid_argument (names the field, or the unknown type).
[[nodiscard]] base::Result<VoiceCommand> decode_voice_command(std::string_view text);

}  // namespace protocol

// What happens in a spoken conversation, as frames of /ws/voice. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/voice_types.hpp"
#include "voice/conversation.hpp"

namespace app {

// Empty: the page is not told of this. ResponseStarted, Audio and errors have ways of their own.
[[nodiscard]] std::optional<protocol::VoiceEvent> to_frame(voice::Time at,
                                                           const voice::event::Any& what,
                                                           int output_hz);
// 12 bytes of header, then the samples.
[[nodiscard]] std::string to_bytes(const voice::event::Audio& audio);
// A frame of the microphone; empty when it holds half a sample.
[[nodiscard]] std::optional<std::vector<float>> from_bytes(std::string_view bytes);

}  // namespace app

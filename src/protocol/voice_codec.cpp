#include "protocol/voice_codec.hpp"

#include "protocol/detail/variant.hpp"

namespace protocol {

std::string encode_text(const VoiceEvent& event) {
    return json::write(detail::encode_variant(event, {}));
}

base::Result<VoiceCommand> decode_voice_command(std::string_view text) {
    return detail::decode_variant<VoiceCommand>(text);
}

}  // namespace protocol

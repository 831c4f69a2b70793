// What happens in a spoken conversation, as frames of /ws/voice, and what a page says in them.
// Pure; any thread.
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
// A reply as it is written for the voice, and how far its places were told. Offsets count UTF-16
// units, as a page does.
class WrittenReply {
public:
    void add(std::string_view delta) { text_ += delta; }
    void restart() { *this = {}; }
    // When each word of the segment begins; words that lie before earlier ones are left out.
    [[nodiscard]] std::vector<protocol::VoiceMark> marks(const voice::event::Segment& segment,
                                                         int output_hz);

private:
    std::string text_;
    std::size_t byte_ = 0;
    long long units_ = 0;  // before it
};
// 12 bytes of header, then the samples.
[[nodiscard]] std::string to_bytes(const voice::event::Audio& audio);
// A frame of the microphone; empty when it holds half a sample.
[[nodiscard]] std::optional<std::vector<float>> from_bytes(std::string_view bytes);

// What a page wishes as it greets, like any later wish.
[[nodiscard]] protocol::VoiceConfigure wishes_of(const protocol::VoiceHello& hello);

}  // namespace app

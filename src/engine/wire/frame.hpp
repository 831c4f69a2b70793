// The frames between the server and loci-engine (docs/engine-protocol.md): each side first sends
// an eight-byte preamble (magic and version), then length-prefixed frames. Pure values; any thread.
// Whatever does not fit the format is an Error (corrupt, too_large, unsupported); after one the
// decoder stays broken and the connection must be closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace engine::wire {

inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::size_t kPreambleBytes = 8;
inline constexpr std::size_t kHeaderBytes = 9;
inline constexpr std::size_t kMaxPayload = std::size_t{8} * 1024 * 1024;

// The numbers are the wire; new types get new numbers.
enum class FrameType : std::uint8_t {
    // server → engine
    setup = 1,       // Setup: the first frame, and again when the models change
    chat = 2,        // Chat
    embed = 3,       // Embed
    count = 4,       // Count
    load = 5,        // Load
    cancel = 6,      // empty; ends the request, see docs/engine-protocol.md
    credit = 7,      // u32: so many more text frames may come
    transcribe = 8,  // Transcribe, then samples
    speak = 9,       // Speak
    detect = 10,     // Detect, then samples: voice activity
    judge = 11,      // Judge, then samples: has the speaker finished?
    spot = 12,       // Spot, then samples: was it the wake phrase?
    // engine → server
    hello = 64,       // Hello: the first frame
    heartbeat = 65,   // Heartbeat, each second
    text = 66,        // UTF-8 of the reply; costs one credit
    delta = 67,       // Delta: reasoning or a tool call; costs one credit
    vectors = 68,     // u32 dimension, then float32 values of all texts
    progress = 69,    // Progress of loading a model
    done = 70,        // Done: ends the request
    failure = 71,     // Failure: ends the request
    speech = 72,      // Segment, then samples; costs one credit
    transcript = 73,  // Transcript: ends a transcribe
};

[[nodiscard]] bool is_known(std::uint8_t type);

struct Frame {
    FrameType type = FrameType::heartbeat;
    std::uint32_t id = 0;  // the request; 0 for frames about the engine
    std::string payload;
};

[[nodiscard]] std::string preamble();
// `payload` is at most kMaxPayload bytes.
void append_frame(std::string& out, FrameType type, std::uint32_t id, std::string_view payload);

void append_u32(std::string& out, std::uint32_t value);
// Little-endian number at `at`; the caller has checked the length.
[[nodiscard]] std::uint32_t read_u32(std::string_view bytes, std::size_t at);

class Decoder {
public:
    // Takes bytes as they come, in pieces of any size.
    void feed(std::string_view bytes) { buffer_.append(bytes); }
    // The next whole frame, or nothing until more bytes come.
    [[nodiscard]] base::Result<std::optional<Frame>> next();

private:
    [[nodiscard]] base::Result<bool> take_preamble();
    [[nodiscard]] std::unexpected<base::Error> broken(base::ErrorCode code, std::string message);

    std::string buffer_;
    std::size_t start_ = 0;
    bool greeted_ = false;
    bool broken_ = false;
};

}  // namespace engine::wire

// Feeds arbitrary bytes, in pieces of arbitrary size, to the decoder and every message parser.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/wire/frame.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace {

// What is refused says why.
template <class T>
void check(const base::Result<T>& parsed) {
    if (!parsed && parsed.error().message.empty()) __builtin_trap();
}

template <class T>
void take(const engine::wire::Frame& frame) {
    check(engine::wire::parse_request<T>(frame.payload));
}

void parse_payload(const engine::wire::Frame& frame) {
    using namespace engine::wire;
    switch (frame.type) {
        case FrameType::setup:
            return take<Setup>(frame);
        case FrameType::chat:
            return take<Chat>(frame);
        case FrameType::embed:
            return take<Embed>(frame);
        case FrameType::count:
            return take<Count>(frame);
        case FrameType::load:
            return take<Load>(frame);
        case FrameType::transcribe:
            return take<Transcribe>(frame);
        case FrameType::speak:
            return take<Speak>(frame);
        case FrameType::detect:
            return take<Detect>(frame);
        case FrameType::judge:
            return take<Judge>(frame);
        case FrameType::spot:
            return take<Spot>(frame);
        case FrameType::speech:
            return take<Segment>(frame);
        case FrameType::transcript:
            return take<Transcript>(frame);
        case FrameType::hello:
            return take<Hello>(frame);
        case FrameType::heartbeat:
            return take<Heartbeat>(frame);
        case FrameType::delta:
            return take<Delta>(frame);
        case FrameType::vectors:
            return check(parse_vectors(frame.payload));
        case FrameType::progress:
            return take<Progress>(frame);
        case FrameType::done:
            return take<Done>(frame);
        case FrameType::failure:
            return take<Failure>(frame);
        case FrameType::cancel:
        case FrameType::credit:
        case FrameType::text:
            return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t step = 1 + data[0];
    const bool greeted = (data[1] & 1) != 0;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    engine::wire::Decoder decoder;
    if (greeted) decoder.feed(engine::wire::preamble());
    while (!bytes.empty()) {
        decoder.feed(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        for (;;) {
            const auto frame = decoder.next();
            if (!frame) return 0;
            if (!*frame) break;
            parse_payload(**frame);
        }
    }
    return 0;
}

// Feeds arbitrary bytes, in pieces of arbitrary size, to the decoder and every message parser.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/wire/frame.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/speech.hpp"

namespace {

void parse_payload(const engine::wire::Frame& frame) {
    using namespace engine::wire;
    switch (frame.type) {
        case FrameType::setup:
            (void)parse<Setup>(frame.payload);
            break;
        case FrameType::chat:
            (void)parse<Chat>(frame.payload);
            break;
        case FrameType::embed:
            (void)parse<Embed>(frame.payload);
            break;
        case FrameType::count:
            (void)parse<Count>(frame.payload);
            break;
        case FrameType::load:
            (void)parse<Load>(frame.payload);
            break;
        case FrameType::transcribe:
            (void)parse_sound<Transcribe>(frame.payload);
            break;
        case FrameType::speak:
            (void)parse<Speak>(frame.payload);
            break;
        case FrameType::detect:
            (void)parse_sound<Detect>(frame.payload);
            break;
        case FrameType::judge:
            (void)parse_sound<Judge>(frame.payload);
            break;
        case FrameType::speech:
            (void)parse_sound<Segment>(frame.payload);
            break;
        case FrameType::transcript:
            (void)parse<Transcript>(frame.payload);
            break;
        case FrameType::hello:
            (void)parse<Hello>(frame.payload);
            break;
        case FrameType::heartbeat:
            (void)parse<Heartbeat>(frame.payload);
            break;
        case FrameType::delta:
            (void)parse<Delta>(frame.payload);
            break;
        case FrameType::vectors:
            (void)parse_vectors(frame.payload);
            break;
        case FrameType::progress:
            (void)parse<Progress>(frame.payload);
            break;
        case FrameType::done:
            (void)parse<Done>(frame.payload);
            break;
        case FrameType::failure:
            (void)parse<Failure>(frame.payload);
            break;
        case FrameType::cancel:
        case FrameType::credit:
        case FrameType::text:
            break;
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

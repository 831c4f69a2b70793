// Any bytes as the answer of a voice, in pieces whose size the first byte says.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/speech_http/sound_stream.hpp"

using adapters::speech_http::SoundStream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::size_t{data[0]} + 1;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const auto* type : {"audio/wav", ""}) {
        auto stream = SoundStream::make(type, 24'000);
        if (!stream) __builtin_trap();
        std::vector<float> samples;
        bool good = true;
        for (std::size_t at = 0; good && at < bytes.size(); at += piece) {
            good = stream->feed(bytes.substr(at, piece), samples).has_value();
        }
        if (good) good = stream->finish(samples).has_value();
        // At 8 kHz one byte becomes three samples, and a filter's tail.
        if (samples.size() > 3 * size + 1'000) __builtin_trap();
        for (const float sample : samples) {
            if (!std::isfinite(sample)) __builtin_trap();
        }
    }
    return 0;
}

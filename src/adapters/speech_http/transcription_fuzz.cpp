// Any bytes as the answer of a recogniser.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/speech_http/transcription.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto heard = adapters::speech_http::read_transcription(body, 1'000);
    if (!heard) return 0;
    if (!(heard->confidence >= 0 && heard->confidence <= 1)) __builtin_trap();
    for (const auto& word : heard->words) {
        if (word.t_ms < 0 || word.dur_ms < 0 || word.text.empty()) __builtin_trap();
        if (!(word.confidence >= 0 && word.confidence <= 1)) __builtin_trap();
    }
    return 0;
}

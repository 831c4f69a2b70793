// The property that every reply decoder has: whatever bytes arrive, whole or in pieces, there is no
// crash, the text is whole UTF-8, and the words are the same. For the fuzz targets of the
// providers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "llm_wire/testing/recording_sink.hpp"

namespace llm_wire::testing {

template <class Decoder>
std::string decoded_words(std::string_view bytes, std::size_t piece) {
    RecordingSink sink;
    Decoder decoder(sink, {});
    bool failed = false;
    for (std::size_t at = 0; at < bytes.size() && !failed; at += piece) {
        const auto flow = decoder.on_bytes(bytes.substr(at, piece));
        failed = !flow;
        if (flow && *flow == Flow::enough) break;
    }
    if (!failed) (void)decoder.finish();
    if (!base::is_valid_utf8(sink.text() + sink.reasoning())) __builtin_trap();
    return failed ? std::string() : sink.text();
}

template <class Decoder>
int fuzz_decoder(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string whole = decoded_words<Decoder>(bytes, size + 1);
    if (decoded_words<Decoder>(bytes, 3) != whole) __builtin_trap();
    return 0;
}

}  // namespace llm_wire::testing

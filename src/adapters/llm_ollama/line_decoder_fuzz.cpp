// A reply of any bytes, fed whole and in pieces: no crash, whole UTF-8, and the same words.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/llm_ollama/ollama_wire.hpp"
#include "base/text.hpp"
#include "llm_wire/testing/recording_sink.hpp"

namespace {

std::string words_of(std::string_view bytes, std::size_t piece) {
    llm_wire::testing::RecordingSink sink;
    adapters::LineDecoder decoder(sink, {});
    bool failed = false;
    for (std::size_t at = 0; at < bytes.size() && !failed; at += piece) {
        const auto flow = decoder.on_bytes(bytes.substr(at, piece));
        failed = !flow;
        if (flow && *flow == llm_wire::Flow::enough) break;
    }
    if (!failed) (void)decoder.finish();
    if (!base::is_valid_utf8(sink.text() + sink.reasoning())) __builtin_trap();
    return failed ? std::string() : sink.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string whole = words_of(bytes, size + 1);
    if (words_of(bytes, 3) != whole) __builtin_trap();
    return 0;
}

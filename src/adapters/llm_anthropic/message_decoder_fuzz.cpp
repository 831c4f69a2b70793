#include "adapters/llm_anthropic/message_decoder.hpp"
#include "llm_wire/testing/decoder_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return llm_wire::testing::fuzz_decoder<adapters::MessageDecoder>(data, size);
}

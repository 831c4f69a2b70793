// Error bodies and headers of providers, any bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.hpp"
#include "llm_wire/reply_parts.hpp"
#include "llm_wire/upstream_error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    llm_wire::Failure failure;
    failure.provider = "p";
    failure.model = text;
    failure.status = size > 0 ? 300 + data[0] : 500;
    failure.body = text;
    failure.headers = {{"retry-after", text}, {"x-ratelimit-reset", text}};
    failure.now_ms = 1'767'268'800'000;
    const auto error = llm_wire::to_error(failure);
    if (!base::is_valid_utf8(error.message)) __builtin_trap();
    (void)llm_wire::parse_event(text, "p");
    return 0;
}

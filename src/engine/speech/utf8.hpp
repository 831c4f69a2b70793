// Text as code points, for phonemes and for counting letters. Pure; invalid bytes become U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace engine::speech {

[[nodiscard]] std::u32string decode_utf8(std::string_view text);
[[nodiscard]] std::string encode_utf8(char32_t symbol);

}  // namespace engine::speech

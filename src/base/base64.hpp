// Base64 of RFC 4648 section 4, as JSON carries audio. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);
// Nothing when the text is not whole, padded base64 without line breaks.
[[nodiscard]] std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace base

// Random bytes and tokens from the kernel, and comparison that does not leak where two secrets
// differ. Any thread; a kernel without a random source is fatal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crypto {

[[nodiscard]] std::string random_bytes(std::size_t count);
// `bytes` random bytes as base64url without padding: 24 bytes give 32 characters, 192 bits.
[[nodiscard]] std::string random_token(std::size_t bytes = 24);
// Takes the same time wherever the difference lies; only the lengths may be learnt.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace crypto

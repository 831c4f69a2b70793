#include "crypto/secret.hpp"

#include <cerrno>
#include <cstdint>

#include <openssl/crypto.h>
#include <sys/random.h>

#include "base/check.hpp"

namespace crypto {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t filled = 0;
    while (filled < count) {
        const ssize_t got = ::getrandom(bytes.data() + filled, count - filled, 0);
        if (got < 0 && errno != EINTR) FATAL("the kernel gives no random bytes");
        if (got > 0) filled += static_cast<std::size_t>(got);
    }
    return bytes;
}

std::string random_token(std::size_t bytes) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string token;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char byte : random_bytes(bytes)) {
        bits = (bits << 8 | static_cast<std::uint8_t>(byte)) & 0xFFFF;
        for (held += 8; held >= 6; held -= 6) token.push_back(kAlphabet[bits >> (held - 6) & 63]);
    }
    if (held > 0) token.push_back(kAlphabet[bits << (6 - held) & 63]);
    return token;
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace crypto

#include "base/ids.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <random>

namespace base {
namespace {

struct Generator {
    std::mutex mutex;
    std::mt19937_64 random{std::random_device{}()};
    std::uint64_t last_ms = 0;
    std::uint16_t counter = 0;  // rand_a: rises within one millisecond
};

Generator& generator() {
    static Generator instance;
    return instance;
}

char hex_digit(std::uint64_t nibble) {
    return "0123456789abcdef"[nibble & 0xF];
}

}  // namespace

std::string new_uuid() {
    auto& g = generator();
    std::uint64_t ms = 0;
    std::uint64_t rand_a = 0;
    std::uint64_t rand_b = 0;
    {
        const std::lock_guard lock(g.mutex);
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        ms = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
        if (ms <= g.last_ms) {
            ms = g.last_ms;
            if (++g.counter > 0xFFF) {
                g.counter = 0;
                ++ms;
            }
        } else {
            g.counter = static_cast<std::uint16_t>(g.random() & 0x3FF);
        }
        g.last_ms = ms;
        rand_a = g.counter;
        rand_b = g.random();
    }
    const std::uint64_t high = (ms << 16) | 0x7000 | rand_a;
    const std::uint64_t low = (rand_b & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
    std::string text;
    text.reserve(36);
    for (int i = 0; i < 16; ++i) {
        if (i == 8 || i == 12) text.push_back('-');
        text.push_back(hex_digit(high >> (60 - 4 * i)));
    }
    for (int i = 0; i < 16; ++i) {
        if (i == 0 || i == 4) text.push_back('-');
        text.push_back(hex_digit(low >> (60 - 4 * i)));
    }
    return text;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

}  // namespace base

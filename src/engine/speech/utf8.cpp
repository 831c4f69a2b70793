#include "engine/speech/utf8.hpp"

#include "base/text.hpp"

namespace engine::speech {

std::u32string decode_utf8(std::string_view text) {
    const std::string valid = base::to_valid_utf8(text);
    std::u32string out;
    for (std::size_t i = 0; i < valid.size();) {
        const auto lead = static_cast<unsigned char>(valid[i]);
        const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        char32_t symbol = more == 0 ? lead : lead & (0x3fU >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            symbol = (symbol << 6) | (static_cast<unsigned char>(valid[i + k]) & 0x3fU);
        }
        out.push_back(symbol);
        i += more + 1;
    }
    return out;
}

std::string encode_utf8(char32_t symbol) {
    std::string out;
    const auto push = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (symbol < 0x80) {
        push(symbol);
    } else if (symbol < 0x800) {
        push(0xc0 | (symbol >> 6));
        push(0x80 | (symbol & 0x3f));
    } else if (symbol < 0x10000) {
        push(0xe0 | (symbol >> 12));
        push(0x80 | ((symbol >> 6) & 0x3f));
        push(0x80 | (symbol & 0x3f));
    } else {
        push(0xf0 | (symbol >> 18));
        push(0x80 | ((symbol >> 12) & 0x3f));
        push(0x80 | ((symbol >> 6) & 0x3f));
        push(0x80 | (symbol & 0x3f));
    }
    return out;
}

}  // namespace engine::speech

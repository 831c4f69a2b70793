#include "voice/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace voice {
namespace {

struct Range {
    char32_t first, last;
};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t code) {
    return std::ranges::any_of(ranges,
                               [&](const Range& r) { return code >= r.first && code <= r.last; });
}

}  // namespace

Character first_character(std::string_view text) {
    if (text.empty()) return {};
    const auto lead = static_cast<std::uint8_t>(text[0]);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    const std::string_view head = text.substr(0, size);
    if (!base::is_valid_utf8(head)) {
        if (head.size() < size && base::ends_in_partial_utf8(head)) return {};
        return {0xFFFD, 1};
    }
    char32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        code = code << 6U | (static_cast<std::uint8_t>(head[i]) & 0x3FU);
    }
    return {code, size};
}

void append_utf8(std::string& text, char32_t code) {
    const auto put = [&](char32_t bits) { text.push_back(static_cast<char>(bits)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

bool is_unspaced(char32_t code) {
    static constexpr std::array<Range, 6> kRanges{{{0x3005, 0x3007},
                                                   {0x3041, 0x30FF},
                                                   {0x3400, 0x4DBF},
                                                   {0x4E00, 0x9FFF},
                                                   {0xF900, 0xFAFF},
                                                   {0x20000, 0x323AF}}};
    return within(kRanges, code);
}

bool is_word_character(char32_t code) {
    if (code < 0x80) {
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
               (code >= 'A' && code <= 'Z');
    }
    static constexpr std::array<Range, 7> kPunctuation{{{0x80, 0xA9},
                                                        {0xAB, 0xB4},
                                                        {0xB6, 0xBF},
                                                        {0x2000, 0x2BFF},
                                                        {0x3000, 0x3004},
                                                        {0x3008, 0x3040},
                                                        {0xFE10, 0xFE6F}}};
    static constexpr std::array<Range, 4> kWide{
        {{0xFF00, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}}};
    return code != 0xD7 && code != 0xF7 && code != 0xFFFD && !within(kPunctuation, code) &&
           !within(kWide, code) && !is_unspoken(code);
}

bool is_lower_case(char32_t code) {
    return (code >= 'a' && code <= 'z') || (code >= 0xDF && code <= 0xFF && code != 0xF7);
}

char32_t to_lower_case(char32_t code) {
    const bool upper =
        (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7);
    return upper ? code + 0x20 : code;
}

bool is_digit(char32_t code) {
    return code >= '0' && code <= '9';
}

bool is_closing(char32_t code) {
    static constexpr std::u32string_view kClosing = U"\"')]}»”’“›」』）】》〉";
    return kClosing.find(code) != std::u32string_view::npos;
}

bool is_unspoken(char32_t code) {
    static constexpr std::array<Range, 14> kRanges{{{0x00, 0x08},
                                                    {0x0B, 0x1F},
                                                    {0x7F, 0x9F},
                                                    {0xAD, 0xAD},
                                                    {0x200B, 0x200F},
                                                    {0x2028, 0x202E},
                                                    {0x2060, 0x206F},
                                                    {0x20D0, 0x20FF},
                                                    {0x2300, 0x23FF},
                                                    {0x25A0, 0x27BF},
                                                    {0x2B00, 0x2BFF},
                                                    {0xFE00, 0xFE0F},
                                                    {0xFEFF, 0xFEFF},
                                                    {0xFFF9, 0xFFFD}}};
    return within(kRanges, code) || (code >= 0x1F000 && code <= 0x1FAFF) || code >= 0xE0000;
}

}  // namespace voice

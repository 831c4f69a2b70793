#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/core.h>

namespace base {
namespace {

// Length of the valid character that starts at `at`; 0 when invalid; -1 when cut by the end.
int utf8_char_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(at);
    if (lead < 0x80) return 1;
    int length = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    for (int i = 1; i < length; ++i) {
        const std::size_t index = at + static_cast<std::size_t>(i);
        if (index >= text.size()) return -1;
        const std::uint8_t next = byte(index);
        if (next < low || next > high) return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const int length = utf8_char_length(text, at);
        if (length <= 0) break;
        at += static_cast<std::size_t>(length);
    }
    return at;
}

bool is_valid_utf8(std::string_view text) {
    return valid_utf8_prefix(text) == text.size();
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const int length = utf8_char_length(text, at);
        if (length > 0) {
            out.append(text.substr(at, static_cast<std::size_t>(length)));
            at += static_cast<std::size_t>(length);
        } else {
            out.append("\xEF\xBF\xBD");
            ++at;
        }
    }
    return out;
}

bool ends_in_partial_utf8(std::string_view text) {
    const std::size_t valid = valid_utf8_prefix(text);
    return valid < text.size() && utf8_char_length(text, valid) == -1;
}

std::size_t unspaced_character(std::string_view text) {
    struct Block {
        std::uint32_t first, last;
    };
    static constexpr std::array<Block, 10> kBlocks{{{0x3005, 0x3007},
                                                    {0x3041, 0x30FF},
                                                    {0x31F0, 0x31FF},
                                                    {0x3400, 0x4DBF},
                                                    {0x4E00, 0x9FFF},
                                                    {0xF900, 0xFAFF},
                                                    {0xFF66, 0xFF9F},
                                                    {0x1AFF0, 0x1B16F},
                                                    {0x20000, 0x2FA1F},
                                                    {0x30000, 0x323AF}}};
    const int length = text.empty() ? 0 : utf8_char_length(text, 0);
    if (length < 3) return 0;
    std::uint32_t code = static_cast<std::uint8_t>(text[0]) & (length == 3 ? 0x0Fu : 0x07u);
    for (std::size_t i = 1; i < static_cast<std::size_t>(length); ++i) {
        code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    }
    const bool unspaced = std::ranges::any_of(
        kBlocks, [&](const Block& b) { return code >= b.first && code <= b.last; });
    return unspaced ? static_cast<std::size_t>(length) : 0;
}

long long utf16_units(std::string_view text) {
    long long units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
    }
    return units;
}

std::string shorten(std::string_view text, std::size_t max_chars) {
    std::size_t at = 0;
    for (std::size_t chars = 0; at < text.size(); ++chars) {
        if (chars == max_chars) return std::string(text.substr(0, at)) + "…";
        const int length = utf8_char_length(text, at);
        at += length > 0 ? static_cast<std::size_t>(length) : 1;
    }
    return std::string(text);
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    if (from.empty()) return text;
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], before[j - 2] + 1);
            }
        }
        std::swap(before, previous);
        std::swap(previous, current);
    }
    return previous[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = word.size() / 3 + 2;
    for (const auto& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string human_bytes(unsigned long long bytes) {
    constexpr std::array<std::string_view, 5> kUnits = {"B", "KB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    if (unit == 0 || value >= 9.95) return fmt::format("{:.0f} {}", value, kUnits.at(unit));
    return fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

}  // namespace base

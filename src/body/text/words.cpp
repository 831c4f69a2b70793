#include "body/text/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace body::text {
namespace {

unsigned byte(std::string_view text, std::size_t index) {
    return static_cast<unsigned char>(text[index]);
}

// The code point of one character as character_size() cut it; 0 for a stray byte.
unsigned code_of(std::string_view c) {
    switch (c.size()) {
        case 2:
            return (byte(c, 0) & 0x1FU) << 6U | (byte(c, 1) & 0x3FU);
        case 3:
            return (byte(c, 0) & 0x0FU) << 12U | (byte(c, 1) & 0x3FU) << 6U | (byte(c, 2) & 0x3FU);
        case 4:
            return (byte(c, 0) & 0x07U) << 18U | (byte(c, 1) & 0x3FU) << 12U |
                   (byte(c, 2) & 0x3FU) << 6U | (byte(c, 3) & 0x3FU);
        default:
            return byte(c, 0) < 0x80 ? byte(c, 0) : 0;
    }
}

bool is_letter_or_digit(unsigned code) {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= '0' && code <= '9') || code == '\'';
}

// A typographic apostrophe inside a word counts as a plain one.
constexpr unsigned kApostrophe = 0x2019;

std::optional<WordKind> break_of(unsigned code) {
    constexpr std::array<unsigned, 8> kStops = {'.',    '!',    '?',    '\n',
                                                0x3002, 0xFF01, 0xFF1F, 0x2026};
    constexpr std::array<unsigned, 8> kCommas = {',',    ';',    ':',    0xFF0C,
                                                 0x3001, 0xFF1B, 0xFF1A, 0x2014};
    if (std::ranges::find(kStops, code) != kStops.end()) return WordKind::full_stop;
    if (std::ranges::find(kCommas, code) != kCommas.end()) return WordKind::comma;
    return std::nullopt;
}

bool is_blank(unsigned code) {
    // Blanks, quotes, brackets, signs: whatever is no letter below U+00C0, and general punctuation.
    return (code < 0xC0 && code != 0) || (code >= 0x2000 && code <= 0x206F) ||
           (code >= 0x3000 && code <= 0x303F) || (code >= 0xFF00 && code <= 0xFF0F) || code == 0xD7;
}

void append_lower(std::string& word, std::string_view character, unsigned code) {
    if (code >= 'A' && code <= 'Z') {
        word.push_back(static_cast<char>(code + 0x20));
    } else if (code >= 0xC0 && code <= 0xDE && code != 0xD7) {
        word.push_back(static_cast<char>(0xC3));
        word.push_back(static_cast<char>(byte(character, 1) + 0x20));
    } else if (code == kApostrophe) {
        word.push_back('\'');
    } else {
        word += character;
    }
}

// "3.5" and "0.6" are one word.
bool is_decimal_point(std::string_view text, std::size_t at) {
    const auto digit = [&](std::size_t index) {
        return index < text.size() && text[index] >= '0' && text[index] <= '9';
    };
    return text[at] == '.' && at > 0 && digit(at - 1) && digit(at + 1);
}

}  // namespace

std::size_t character_size(std::string_view text) {
    const unsigned first = byte(text, 0);
    const std::size_t size = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size == 1 || first > 0xF4 || text.size() < size) return 1;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(text, i) & 0xC0U) != 0x80U) return 1;
    }
    return size;
}

bool is_unspaced(std::string_view character) {
    const unsigned code = code_of(character);
    return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
           (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x3FFFF);
}

std::vector<Word> split_words(std::string_view text) {
    std::vector<Word> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back({std::move(word), WordKind::word});
        word.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = character_size(text.substr(at));
        const std::string_view character = text.substr(at, size);
        const unsigned code = code_of(character);
        if (is_unspaced(character)) {
            end_word();
            words.push_back({std::string(character), WordKind::word});
        } else if (is_decimal_point(text, at)) {
            word.push_back('.');
        } else if (const auto kind = break_of(code)) {
            end_word();
            if (!words.empty() && words.back().kind != *kind) words.push_back({"", *kind});
        } else if (is_letter_or_digit(code) || code == kApostrophe || !is_blank(code)) {
            append_lower(word, character, code);
        } else {
            end_word();
        }
        at += size;
    }
    end_word();
    return words;
}

std::vector<std::string> plain_words(std::string_view text) {
    std::vector<std::string> out;
    for (auto& word : split_words(text)) {
        if (word.kind == WordKind::word) out.push_back(std::move(word.text));
    }
    return out;
}

}  // namespace body::text

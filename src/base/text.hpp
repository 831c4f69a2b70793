// Small text operations that the standard library lacks. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// Length of the longest prefix of `text` that is whole, valid UTF-8 (RFC 3629: no overlong forms,
// no surrogates, at most U+10FFFF). A cut multi-byte character at the end is not counted.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);
// Every invalid byte replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);
// True when `text` ends inside a multi-byte character that further bytes could complete.
[[nodiscard]] bool ends_in_partial_utf8(std::string_view text);
// Bytes of the Han character or kana that `text` (valid UTF-8) begins with, or 0: what is written
// without spaces between words. Blocks of Unicode 16, chapter 18.
[[nodiscard]] std::size_t unspaced_character(std::string_view text);
// Code units of UTF-16, in which a page counts.
[[nodiscard]] long long utf16_units(std::string_view text);
// The first `max_chars` characters of valid UTF-8; "…" is added when something was cut.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t max_chars);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

// Edit distance with transpositions (optimal string alignment); used to name the nearest key.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate nearest to `word`, or empty when none is within a third of its length plus one.
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

// "1.5 MB", "12 KB": powers of 1000, at most one decimal.
[[nodiscard]] std::string human_bytes(unsigned long long bytes);

}  // namespace base

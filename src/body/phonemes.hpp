// IPA, as espeak-ng and Piper voices write it, to the shape of a mouth in VRM's five vowels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace body {

enum class Vowel : std::uint8_t { aa, ih, ou, ee, oh };
inline constexpr std::size_t kVowels = 5;
using Mouth = std::array<float, kVowels>;

struct MouthShape {
    Mouth mouth{};        // all zero: lips closed
    float hold = 1;       // how much it insists against its neighbours
    bool closes = false;  // lips must meet
};

enum class PhonemeKind : std::uint8_t {
    sound,   // shapes the mouth
    pause,   // silence
    stress,  // the next vowel is stressed
    phrase,  // . , ; : and their like
    question,
    exclaim,
    mark,  // length, tone, diacritic: no shape of its own
};

struct Phoneme {
    PhonemeKind kind = PhonemeKind::mark;
    MouthShape shape{};
    bool vowel = false;
};

// What one code point means; unknown letters are a half open mouth, unknown marks nothing.
[[nodiscard]] Phoneme phoneme_of(char32_t code);
// Takes the next code point from UTF-8; broken bytes are skipped as U+FFFD. 0 at the end.
[[nodiscard]] char32_t next_code(std::string_view& text);

}  // namespace body

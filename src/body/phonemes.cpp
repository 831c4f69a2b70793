#include "body/phonemes.hpp"

#include <algorithm>
#include <array>

namespace body {
namespace {

struct Row {
    char32_t code;
    float aa, ih, ou, ee, oh;
    float hold;
};

// Vowels of English, German and Chinese; a row says how far each of the five shapes is taken.
constexpr Row kVowelRows[] = {
    {U'a', .90F, 0, 0, 0, 0, 1},          {U'ɑ', .90F, 0, 0, 0, .10F, 1},
    {U'ɐ', .60F, .10F, 0, 0, 0, .9F},     {U'æ', .65F, 0, 0, .25F, 0, 1},
    {U'ʌ', .60F, 0, 0, 0, .10F, 1},       {U'ɒ', .40F, 0, 0, 0, .45F, 1},
    {U'ɔ', .20F, 0, 0, 0, .65F, 1},       {U'o', 0, 0, .15F, 0, .75F, 1},
    {U'ɤ', .30F, .20F, 0, 0, .20F, 1},    {U'ə', .25F, .20F, 0, .05F, 0, .6F},
    {U'ɚ', .25F, .10F, .15F, 0, 0, .7F},  {U'ɜ', .30F, .10F, .10F, .05F, 0, .9F},
    {U'ɝ', .30F, .10F, .15F, 0, 0, .9F},  {U'ɘ', .25F, .20F, 0, .05F, 0, .7F},
    {U'ɛ', .25F, .05F, 0, .50F, 0, 1},    {U'e', .10F, .10F, 0, .60F, 0, 1},
    {U'i', 0, .40F, 0, .50F, 0, 1},       {U'ɪ', .05F, .60F, 0, .10F, 0, .9F},
    {U'ɨ', 0, .55F, 0, .10F, 0, .9F},     {U'ᵻ', 0, .50F, 0, .10F, 0, .7F},
    {U'u', 0, 0, .85F, 0, 0, 1},          {U'ʊ', .05F, 0, .60F, 0, .10F, .9F},
    {U'ɯ', 0, .40F, .30F, 0, 0, 1},       {U'y', 0, .15F, .70F, 0, 0, 1},
    {U'ʏ', 0, .20F, .50F, 0, 0, .9F},     {U'ø', 0, 0, .35F, .10F, .40F, 1},
    {U'œ', .15F, 0, .20F, .10F, .40F, 1}, {U'ɵ', .10F, 0, .30F, 0, .30F, .8F},
    {U'ʉ', 0, .10F, .65F, 0, 0, 1},       {U'ɿ', 0, .50F, 0, .20F, 0, .9F},
    {U'ʅ', 0, .40F, .15F, .10F, 0, .9F},
};

// Consonants: those of the lips insist, those of the tongue take the shape of their neighbours.
constexpr Row kConsonantRows[] = {
    {U'f', 0, .10F, 0, .05F, 0, 2.2F},    {U'v', 0, .10F, 0, .05F, 0, 2.2F},
    {U'w', 0, 0, .75F, 0, 0, 1.6F},       {U'ʍ', 0, 0, .75F, 0, 0, 1.6F},
    {U'ɥ', 0, .10F, .65F, 0, 0, 1.4F},    {U'ɸ', 0, 0, .10F, 0, 0, 2},
    {U's', 0, .25F, 0, .15F, 0, .9F},     {U'z', 0, .25F, 0, .15F, 0, .9F},
    {U'ɕ', 0, .30F, .05F, .15F, 0, .9F},  {U'ʑ', 0, .30F, .05F, .15F, 0, .9F},
    {U'ʃ', 0, .10F, .45F, 0, 0, 1.2F},    {U'ʒ', 0, .10F, .45F, 0, 0, 1.2F},
    {U'ʂ', 0, .15F, .35F, 0, 0, 1},       {U'ʐ', 0, .15F, .35F, 0, 0, 1},
    {U'θ', .05F, .30F, 0, .10F, 0, .9F},  {U'ð', .05F, .30F, 0, .10F, 0, .8F},
    {U't', .05F, .25F, 0, .05F, 0, .45F}, {U'd', .05F, .25F, 0, .05F, 0, .45F},
    {U'n', .05F, .20F, 0, .05F, 0, .4F},  {U'l', .15F, .25F, 0, .05F, 0, .4F},
    {U'ɫ', .15F, .15F, 0, 0, .10F, .4F},  {U'ɬ', .15F, .25F, 0, .05F, 0, .4F},
    {U'ɾ', .10F, .25F, 0, .05F, 0, .4F},  {U'r', .05F, .10F, .25F, 0, 0, .6F},
    {U'ɹ', .05F, .10F, .30F, 0, 0, .7F},  {U'ɻ', .05F, .10F, .30F, 0, 0, .7F},
    {U'ʁ', .20F, .10F, 0, 0, .05F, .35F}, {U'ʀ', .20F, .10F, 0, 0, .05F, .35F},
    {U'χ', .20F, .10F, 0, 0, .05F, .35F}, {U'k', .15F, .10F, 0, .05F, 0, .3F},
    {U'g', .15F, .10F, 0, .05F, 0, .3F},  {U'ɡ', .15F, .10F, 0, .05F, 0, .3F},
    {U'ŋ', .15F, .10F, 0, .05F, 0, .3F},  {U'x', .20F, .10F, 0, .05F, 0, .35F},
    {U'ɣ', .20F, .10F, 0, .05F, 0, .35F}, {U'ç', 0, .40F, 0, .20F, 0, .7F},
    {U'j', 0, .45F, 0, .25F, 0, .7F},     {U'ɲ', 0, .35F, 0, .15F, 0, .5F},
    {U'ʎ', 0, .35F, 0, .15F, 0, .5F},     {U'h', .25F, .05F, 0, .05F, 0, .1F},
    {U'ɦ', .25F, .05F, 0, .05F, 0, .1F},  {U'ʔ', .10F, 0, 0, 0, 0, .1F},
    {U'ʈ', .05F, .20F, .10F, 0, 0, .5F},  {U'ɖ', .05F, .20F, .10F, 0, 0, .5F},
    {U'ɳ', .05F, .20F, .10F, 0, 0, .5F},  {U'q', .20F, .05F, 0, 0, .05F, .3F},
    {U'c', 0, .30F, 0, .10F, 0, .5F},
};

constexpr std::u32string_view kLips = U"mbpɱʙ";
constexpr std::u32string_view kPhrase = U".,;:…—–。，、；：";
constexpr std::u32string_view kSilence = U" _|‖\t\n";

template <std::size_t N>
const Row* row_of(const Row (&rows)[N], char32_t code) {
    for (const Row& row : rows) {
        if (row.code == code) return &row;
    }
    return nullptr;
}

MouthShape shape_of(const Row& row) {
    return {.mouth = {row.aa, row.ih, row.ou, row.ee, row.oh}, .hold = row.hold};
}

// Length, tones, diacritics, tie bars, digits: they change a sound, they are none.
bool is_mark(char32_t code) {
    return (code >= 0x0300 && code <= 0x036F) || (code >= 0x02B0 && code <= 0x02FF) ||
           (code >= U'0' && code <= U'9') || (code >= 0x1DC0 && code <= 0x1DFF) ||
           (code >= 0x2070 && code <= 0x209F) || code == 0xFFFD || code < 0x20 || code == U'\'' ||
           code == U'-' || code == U'^' || code == U'$' || code == U'"' || code == U'(' ||
           code == U')' || (code >= 0x2190 && code <= 0x21FF) || code == 0xA71B || code == 0xA71C;
}

}  // namespace

Phoneme phoneme_of(char32_t code) {
    if (code == 0x02C8 || code == 0x02CC) return {.kind = PhonemeKind::stress};
    if (const Row* row = row_of(kVowelRows, code))
        return {.kind = PhonemeKind::sound, .shape = shape_of(*row), .vowel = true};
    if (const Row* row = row_of(kConsonantRows, code))
        return {.kind = PhonemeKind::sound, .shape = shape_of(*row)};
    if (kLips.find(code) != std::u32string_view::npos)
        return {.kind = PhonemeKind::sound, .shape = {.mouth = {}, .hold = 4, .closes = true}};
    if (kSilence.find(code) != std::u32string_view::npos) return {.kind = PhonemeKind::pause};
    if (code == U'?' || code == U'？') return {.kind = PhonemeKind::question};
    if (code == U'!' || code == U'！') return {.kind = PhonemeKind::exclaim};
    if (kPhrase.find(code) != std::u32string_view::npos) return {.kind = PhonemeKind::phrase};
    if (is_mark(code)) return {};
    return {.kind = PhonemeKind::sound, .shape = {.mouth = {.25F, .15F, 0, .05F, 0}, .hold = .4F}};
}

char32_t next_code(std::string_view& text) {
    if (text.empty()) return 0;
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t size = first < 0x80 ? 1U : (first >= 0xF0 ? 4U : (first >= 0xE0 ? 3U : 2U));
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() < size) {
        text.remove_prefix(1);
        return 0xFFFD;
    }
    char32_t code = size == 1 ? first : (first & (0xFFU >> (size + 1)));
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0U) != 0x80U) {
            text.remove_prefix(i);
            return 0xFFFD;
        }
        code = (code << 6U) | (next & 0x3FU);
    }
    text.remove_prefix(size);
    return code == 0 ? char32_t{0xFFFD} : code;
}

}  // namespace body

#include "engine/speech/sounds.hpp"

#include "engine/speech/utf8.hpp"

namespace engine::speech {
namespace {

// Marks that belong to the phoneme after them, and to the one before.
bool leads(char32_t c) {
    return c == U'ˈ' || c == U'ˌ';
}
bool trails(char32_t c) {
    return c == U'ː' || c == U'ˑ' || c == U'ʲ' || c == U'ʰ' || c == U'ʷ' ||
           (c >= 0x0300 && c <= 0x036f);
}
bool is_mute(char32_t c) {
    constexpr std::u32string_view kPunctuation = U" ,.;:!?'\"()-—…";
    return kPunctuation.contains(c);
}

}  // namespace

void SoundGroups::add(char32_t symbol, std::size_t first, std::size_t count) {
    const bool goes_on = joins_ || (trails(symbol) && !sounds_.empty());
    joins_ = leads(symbol);
    if (goes_on) {
        sounds_.back().ipa += encode_utf8(symbol);
        sounds_.back().count += count;
    } else {
        sounds_.push_back({encode_utf8(symbol), first, count, word_, !is_mute(symbol)});
    }
}

std::vector<Sound> group_sounds(std::u32string_view symbols) {
    SoundGroups groups;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        if (symbols[i] == U' ') groups.next_word();
        groups.add(symbols[i], i, 1);
    }
    return groups.take();
}

}  // namespace engine::speech

#include "engine/speech/sounds.hpp"

#include "engine/speech/utf8.hpp"
#include "engine/speech/word_times.hpp"

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

std::vector<std::size_t> even_starts(std::size_t samples, std::size_t count) {
    std::vector<std::size_t> starts(count + 1);
    for (std::size_t i = 0; i <= count; ++i) starts[i] = samples * i / count;
    return starts;
}

void time_sounds(std::span<const Sound> sounds, std::span<const std::size_t> starts,
                 wire::Segment& segment) {
    const auto ms_of = [&](std::size_t symbol) {
        return static_cast<int>(starts[symbol] * 1000 /
                                static_cast<std::size_t>(segment.sample_rate));
    };
    std::vector<SpokenGroup> groups;
    std::size_t word = 0;
    for (const auto& sound : sounds) {
        if (!sound.speech) continue;
        const int from = ms_of(sound.first);
        const int to = ms_of(sound.first + sound.count);
        segment.phonemes.push_back({sound.ipa, from, to - from, 1});
        if (groups.empty() || sound.word != word) groups.push_back({from, to, 0});
        word = sound.word;
        groups.back().end_ms = to;
        ++groups.back().sounds;
    }
    segment.words = time_words(segment.text, groups);
}

}  // namespace engine::speech

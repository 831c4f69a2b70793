#include "engine/speech/sherpa_words.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "engine/speech/word_times.hpp"

namespace engine::speech {
namespace {

constexpr std::string_view kGoesOn = "@@";
constexpr int kLongestWordMs = 1000;                    // of one whose end is not told
constexpr std::string_view kWordMark = "\xe2\x96\x81";  // ▁

int ms_of(double seconds) {
    constexpr double kDay = 86'400;
    return std::isfinite(seconds) ? static_cast<int>(std::clamp(seconds, 0.0, kDay) * 1000) : 0;
}

bool is_mark(std::string_view text) {
    return words_of(text).empty();
}

// A word in the making.
struct Word {
    wire::Timed said;
    bool ends_told = false;
};

}  // namespace

std::string sherpa_language(std::string_view label) {
    std::string out;
    for (const char c : label) {
        if ((c >= 'a' && c <= 'z') || c == '-') out.push_back(c);
    }
    constexpr std::size_t kLongest = 8;
    return out.size() <= kLongest ? out : std::string();
}

SherpaWords sherpa_words(std::span<const SherpaSymbol> symbols, std::string_view text,
                         int length_ms) {
    const auto blank_before = [](std::string_view piece) {
        return piece.starts_with(' ') || piece.starts_with(kWordMark);
    };
    const bool marked =
        std::ranges::any_of(symbols, [&](const auto& symbol) { return blank_before(symbol.text); });
    std::vector<Word> words;
    SherpaWords out;
    double sum = 0;
    std::size_t told = 0;
    out.timed = !symbols.empty();
    bool goes_on = false;
    for (const auto& symbol : symbols) {
        std::string_view piece = symbol.text;
        const bool begins = marked ? blank_before(piece) : !goes_on;
        if (piece.starts_with(kWordMark)) piece.remove_prefix(kWordMark.size());
        goes_on = piece.ends_with(kGoesOn);
        if (goes_on) piece.remove_suffix(kGoesOn.size());
        piece = base::trim(piece);
        if (symbol.log_prob) {
            sum += std::exp(std::min(*symbol.log_prob, 0.0));
            ++told;
        }
        out.timed = out.timed && symbol.start_s.has_value();
        const int start = symbol.start_s ? ms_of(*symbol.start_s) : 0;
        const bool stands_alone = begins && !(is_mark(piece) && !words.empty());
        if (words.empty() || stands_alone) words.push_back({{"", start, 0, 1}, false});
        auto& word = words.back();
        word.said.text += piece;
        if (symbol.log_prob) {
            word.said.confidence =
                std::min(word.said.confidence, std::exp(std::min(*symbol.log_prob, 0.0)));
        }
        if (symbol.duration_s && !is_mark(piece)) {
            word.said.dur_ms = std::max(start + ms_of(*symbol.duration_s) - word.said.t_ms, 0);
            word.ends_told = true;
        }
    }
    if (told > 0) out.confidence = sum / static_cast<double>(told);
    if (symbols.empty()) {
        for (auto& word : words_of(text)) words.push_back({{std::move(word), 0, 0, 1}, false});
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto& said = words[i].said;
        if (is_mark(said.text)) continue;
        if (out.timed && !words[i].ends_told) {
            const int next = i + 1 < words.size() ? words[i + 1].said.t_ms : length_ms;
            said.dur_ms = std::clamp(next - said.t_ms, 0, kLongestWordMs);
        }
        said.text = base::to_valid_utf8(said.text);
        said.t_ms = std::min(said.t_ms, length_ms);
        said.dur_ms = std::min(said.dur_ms, length_ms - said.t_ms);
        out.words.push_back(std::move(said));
    }
    return out;
}

}  // namespace engine::speech

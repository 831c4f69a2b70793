#include "engine/speech/hearing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <vector>

#include "base/text.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kRate = 16'000;
constexpr int kPositionsPerSecond = 50;
constexpr int kMargin = 64;
constexpr int kStep = 64;

constexpr int kBlockMs = 20;

// Mean power of each block.
std::vector<double> powers_of(std::span<const float> samples) {
    constexpr std::size_t kBlock = kRate * kBlockMs / 1000;
    std::vector<double> powers;
    for (std::size_t at = 0; at < samples.size(); at += kBlock) {
        const auto block = samples.subspan(at, std::min(kBlock, samples.size() - at));
        double sum = 0;
        for (const float value : block) sum += static_cast<double>(value) * value;
        powers.push_back(sum / static_cast<double>(block.size()));
    }
    return powers;
}

// Lower case, letters and digits only, single blanks.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 127 || std::isalnum(byte) != 0) {
            out.push_back(static_cast<char>(byte > 127 ? byte : std::tolower(byte)));
        } else if (c != '\'' && !out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

// What the models write under silence, from subtitles that they learned from.
constexpr std::array<std::string_view, 22> kMadeUp = {
    "you",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks",
    "thanks for watching",
    "thank you for watching",
    "thank you so much for watching",
    "please subscribe",
    "like and subscribe",
    "subscribe to my channel",
    "bye",
    "bye bye",
    "the end",
    "okay",
    "so",
    "oh",
    "i",
    "untertitel der amaraorg community",
    "vielen dank",
    "vielen dank fürs zuschauen",
    "sous titres réalisés par la communauté damaraorg",
};

}  // namespace

int context_for(std::size_t samples) {
    const auto speech = static_cast<int>((samples * kPositionsPerSecond + kRate - 1) / kRate);
    const int wanted = (speech + kMargin + kStep - 1) / kStep * kStep;
    return std::clamp(wanted, kLeastContext, kFullContext);
}

int wider_context(int positions) {
    const int wider = positions * 3 / 2 / kStep * kStep;
    // Twice is enough.
    return positions < kFullContext / 2 && wider < kFullContext ? wider : kFullContext;
}

int token_limit(std::size_t samples) {
    return static_cast<int>(samples * 10 / kRate) + 16;
}

bool is_loop(std::string_view text) {
    const std::string said = plain(text);
    const auto words = base::split(said, ' ');
    constexpr std::size_t kLongestPhrase = 8;
    for (std::size_t length = 1; length <= kLongestPhrase; ++length) {
        // People say "no no no"; nobody says it five times, or a whole phrase four times.
        const std::size_t most = length == 1 ? 5 : length == 2 ? 4 : 3;
        std::size_t same = 0;
        for (std::size_t i = length; i < words.size(); ++i) {
            same = words[i] == words[i - length] ? same + 1 : 0;
            if (same >= most * length) return true;
        }
    }
    return false;
}

bool is_doubled(std::string_view text) {
    const std::string said = plain(text);
    const auto words = base::split(said, ' ');
    constexpr std::size_t kLeast = 3;  // people do say "come on, come on"
    const std::size_t half = words.size() / 2;
    if (half < kLeast || words.size() % 2 != 0) return false;
    const auto middle = words.begin() + static_cast<std::ptrdiff_t>(half);
    return std::equal(words.begin(), middle, middle);
}

double loudness_db(std::span<const float> samples) {
    auto powers = powers_of(samples);
    if (powers.empty()) return -120;
    constexpr std::size_t kAWord = 300 / kBlockMs;  // is enough, however long the silence around it
    const std::size_t loud = std::min(powers.size() / 10, kAWord);
    const auto least = powers.end() - static_cast<std::ptrdiff_t>(std::max(loud, std::size_t{1}));
    std::nth_element(powers.begin(), least, powers.end());
    return std::max(-120.0, 10 * std::log10(*least + 1e-12));
}

Span loud_span(std::span<const float> samples) {
    const auto powers = powers_of(samples);
    if (powers.empty()) return {};
    constexpr double kMuchQuieter = 1e-3;  // 30 dB
    const double least = *std::max_element(powers.begin(), powers.end()) * kMuchQuieter;
    const auto loud = [&](double power) { return power >= least; };
    const auto first = std::find_if(powers.begin(), powers.end(), loud);
    const auto last = std::find_if(powers.rbegin(), powers.rend(), loud);
    return {static_cast<int>(first - powers.begin()) * kBlockMs,
            static_cast<int>(powers.rend() - last) * kBlockMs};
}

std::string without_descriptions(std::string_view text) {
    std::string out;
    char closing = 0;
    std::string held;  // since the opening mark, in case it is never closed
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (closing != 0) {
            held.push_back(c);
            if (c == closing) {
                closing = 0;
                held.clear();
            }
            continue;
        }
        constexpr std::string_view kOpen = "[(*";
        constexpr std::string_view kClose = "])*";
        const auto mark = kOpen.find(c);
        if (mark != std::string_view::npos) {
            closing = kClose[mark];
            held.assign(1, c);
        } else if (text.substr(i).starts_with("♪")) {
            i += std::string_view("♪").size() - 1;
        } else {
            out.push_back(c);
        }
    }
    out += held;
    std::string tidy;
    for (const char c : out) {
        if (c == ' ' && (tidy.empty() || tidy.back() == ' ')) continue;
        tidy.push_back(c);
    }
    while (!tidy.empty() && tidy.back() == ' ') tidy.pop_back();
    return tidy;
}

Verdict judge(std::string_view text, const Evidence& evidence) {
    const std::string said = plain(without_descriptions(text));
    if (said.empty()) return Verdict::junk;
    constexpr double kSilenceDb = -62;
    if (evidence.loudness_db < kSilenceDb) return Verdict::junk;
    const bool made_up = std::find(kMadeUp.begin(), kMadeUp.end(), said) != kMadeUp.end();
    if (!made_up) return Verdict::speech;
    const bool doubtful = evidence.confidence < 0.45 || evidence.no_speech > 0.6;
    const bool faint = evidence.loudness_db < -48;
    return doubtful || (faint && evidence.confidence < 0.8) ? Verdict::junk : Verdict::speech;
}

void time_by_length(std::vector<wire::Timed>& words, const Span& span) {
    const bool timed = std::any_of(words.begin(), words.end(),
                                   [](const wire::Timed& word) { return word.dur_ms > 0; });
    if (timed) return;
    double all = 0;
    for (const auto& word : words) all += static_cast<double>(word.text.size()) + 1;
    double done = 0;
    for (auto& word : words) {
        word.t_ms = span.from_ms + static_cast<int>((span.to_ms - span.from_ms) * done / all);
        done += static_cast<double>(word.text.size()) + 1;
        const int end = span.from_ms + static_cast<int>((span.to_ms - span.from_ms) * done / all);
        word.dur_ms = end - word.t_ms;
    }
}

}  // namespace engine::speech

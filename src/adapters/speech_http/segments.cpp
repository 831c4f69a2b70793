#include "adapters/speech_http/segments.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "adapters/speech_http/sound_stream.hpp"
#include "base/text.hpp"
#include "media/pcm.hpp"

namespace adapters::speech_http {
namespace {

constexpr std::size_t kFirst = kVoiceRate / 5;      // 200 ms: it begins soon
constexpr std::size_t kLater = kVoiceRate * 2 / 5;  // 400 ms
// Kept back until the end is known, so that the last words have a sound to hang on.
constexpr std::size_t kHeld = kVoiceRate * 6 / 100;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct Character {
    char32_t code = 0;
    std::string_view bytes;
};

// Of valid UTF-8 that is not empty.
Character next_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
    char32_t code = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < std::min(length, text.size()); ++i) {
        code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    return {code, text.substr(0, length)};
}

// A letter or a digit of any script, or a sign that is read out; no punctuation, no picture.
bool is_said(char32_t c) {
    if (c < 0x80) return std::isalnum(static_cast<int>(c)) != 0 || c == '%' || c == '&' || c == '+';
    const bool mark = c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c < 0x2070) ||
                      (c >= 0x3000 && c < 0x3031) || (c >= 0xFF00 && c < 0xFF10) ||
                      (c >= 0xFF1A && c < 0xFF21) || c >= 0x1F000;
    return !mark;
}

int millis(double seconds) {
    return static_cast<int>(std::lround(seconds * 1000));
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    bool said = false;     // something of the newest word is read out
    bool in_word = false;  // letters, without a space since
    bool space = false;
    while (!text.empty()) {
        const Character c = next_character(text);
        const bool alone = base::unspaced_character(text) > 0;
        text.remove_prefix(c.bytes.size());
        if (c.bytes.size() == 1 && is_space(c.bytes.front())) {
            in_word = false;
            space = true;
            continue;
        }
        const bool letter = alone || is_said(c.code);
        // Marks on their own belong to the word before.
        const bool starts = words.empty() || (said && letter && (alone || !in_word));
        if (starts) {
            words.emplace_back();
            said = false;
        } else if (space) {
            words.back() += ' ';
        }
        words.back() += c.bytes;
        said = said || letter;
        in_word = (in_word || letter) && !alone;
        space = false;
    }
    if (!said && words.size() == 1) words.clear();
    return words;
}

double letters_of(std::string_view word) {
    double letters = 1;
    while (!word.empty()) {
        // A Han character takes about as long as a short word.
        letters += base::unspaced_character(word) > 0 ? 3 : 1;
        word.remove_prefix(next_character(word).bytes.size());
    }
    return letters;
}

void Pace::learn(double letters, double seconds, double speed) {
    // Little or strange sound teaches nothing.
    if (seconds < 0.5 || letters < 4 || speed <= 0) return;
    const double seen = std::clamp(letters / seconds / speed, 4.0, 60.0);
    letters_ = 0.7 * letters_ + 0.3 * seen;
}

SegmentMaker::SegmentMaker(std::string_view text, double letters_per_second, int first_index,
                           ports::SpeechSink& sink)
    : index_(first_index), sink_(sink) {
    for (auto& word : words_of(text)) {
        const double letters = letters_of(word);
        letters_ += letters;
        words_.push_back({std::move(word), letters, letters_ / std::max(letters_per_second, 1.0)});
    }
}

double SegmentMaker::seconds() const {
    return static_cast<double>(sent_ + waiting_.size()) / kVoiceRate;
}

bool SegmentMaker::add(const std::vector<float>& samples) {
    for (const float sample : samples) waiting_.push_back(media::to_s16(sample));
    for (;;) {
        const std::size_t wanted = first_ ? kFirst : kLater;
        if (waiting_.size() < wanted + kHeld) return true;
        const std::size_t size = waiting_.size() - kHeld;
        const double end = static_cast<double>(sent_ + size) / kVoiceRate;
        // A segment without a word of its own would take those of the next.
        const bool has_word = next_word_ == words_.size() || words_[next_word_].ends_at <= end;
        if (!has_word && size < kLater * 4) return true;
        if (!emit(size, Last::no)) return false;
    }
}

bool SegmentMaker::finish() {
    if (waiting_.empty()) return true;
    return emit(waiting_.size(), Last::yes);
}

bool SegmentMaker::emit(std::size_t samples, Last last) {
    const double begin = static_cast<double>(sent_) / kVoiceRate;
    const double length = static_cast<double>(samples) / kVoiceRate;
    std::size_t until = next_word_;
    while (until < words_.size() &&
           (last == Last::yes || words_[until].ends_at <= begin + length)) {
        ++until;
    }
    if (until == next_word_ && until < words_.size()) ++until;  // a slow voice: at least one
    double all = 0;
    for (std::size_t i = next_word_; i < until; ++i) all += words_[i].letters;
    ports::SpeechSegment segment;
    segment.index = index_++;
    segment.sample_rate = kVoiceRate;
    segment.exact_times = false;
    double done = 0;
    for (; next_word_ < until; ++next_word_) {
        const Word& word = words_[next_word_];
        const int from = millis(length * done / all);
        done += word.letters;
        segment.words.push_back({word.text, from, millis(length * done / all) - from});
        const bool spaced = !segment.text.empty() && base::unspaced_character(word.text) == 0;
        segment.text += (spaced ? " " : "") + word.text;
    }
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(samples);
    segment.pcm.assign(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    sent_ += samples;
    first_ = false;
    return sink_.on_segment(std::move(segment));
}

}  // namespace adapters::speech_http

#include "api/openai/captions.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace openai {
namespace {

constexpr std::size_t kMostChars = 84;  // two lines
constexpr int kMostMs = 7'000;
constexpr int kPauseMs = 700;

bool ends_sentence(std::string_view word) {
    for (const std::string_view mark : {".", "!", "?", "。", "！", "？", "…"}) {
        if (word.ends_with(mark)) return true;
    }
    return false;
}

std::string stamp(int ms, char point) {
    return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60,
                       ms / 1'000 % 60, point, ms % 1'000);
}

}  // namespace

std::vector<Caption> to_captions(const std::vector<ports::HeardWord>& words) {
    std::vector<Caption> captions;
    int count = 0;
    bool open = false;
    for (const auto& word : words) {
        const auto text = base::trim(word.text);
        if (text.empty()) continue;
        const int end = word.t_ms + word.dur_ms;
        if (open) {
            const auto& last = captions.back();
            open = last.text.size() + text.size() < kMostChars && end - last.start_ms <= kMostMs &&
                   word.t_ms - last.end_ms < kPauseMs;
        }
        if (!open) {
            captions.push_back({word.t_ms, end, {}, 0});
            count = 0;
        }
        auto& caption = captions.back();
        const bool spaced = !caption.text.empty() && base::unspaced_character(text) == 0;
        if (spaced) caption.text += ' ';
        caption.text += text;
        caption.end_ms = std::max(caption.end_ms, end);
        ++count;
        caption.confidence += (word.confidence - caption.confidence) / count;
        open = !ends_sentence(text);
    }
    return captions;
}

std::string to_srt(const std::vector<Caption>& captions) {
    std::string out;
    int number = 0;
    for (const auto& caption : captions) {
        out += fmt::format("{}\n{} --> {}\n{}\n\n", ++number, stamp(caption.start_ms, ','),
                           stamp(caption.end_ms, ','), caption.text);
    }
    return out;
}

std::string to_vtt(const std::vector<Caption>& captions) {
    std::string out = "WEBVTT\n\n";
    for (const auto& caption : captions) {
        // "-->" ends the cue, "<" and "&" begin markup.
        auto text = base::replace_all(caption.text, "&", "&amp;");
        text = base::replace_all(std::move(text), "<", "&lt;");
        text = base::replace_all(std::move(text), ">", "&gt;");
        out += fmt::format("{} --> {}\n{}\n\n", stamp(caption.start_ms, '.'),
                           stamp(caption.end_ms, '.'), text);
    }
    return out;
}

}  // namespace openai

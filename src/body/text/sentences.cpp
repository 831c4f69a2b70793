#include "body/text/sentences.hpp"

#include <algorithm>
#include <array>

#include "body/text/words.hpp"

namespace body::text {
namespace {

constexpr std::size_t kLookAhead = 200;  // bytes of stops, blanks and emoji behind a sentence

using EndSigns = std::array<std::string_view, 8>;
constexpr EndSigns kSentenceStops = {".", "!", "?", "…", "。", "！", "？", "‼"};
constexpr std::array<std::string_view, 3> kWideStops = {"。", "！", "？"};
constexpr std::array<std::string_view, 12> kClosers = {"\"", "'", ")", "*",  "_",  "”",
                                                       "’",  "»", "«", "」", "）", "“"};

template <class List>
bool is_among(const List& list, std::string_view character) {
    return !character.empty() && std::ranges::find(list, character) != list.end();
}

std::string_view character_at(std::string_view text, std::size_t at) {
    return text.substr(at, character_size(text.substr(at)));
}

bool is_emoji(std::string_view c) {
    // U+1F000 and up, U+2600 to U+27BF, and what joins and varies them.
    if (c.starts_with("\xF0\x9F")) return true;
    return c == "\xE2\x80\x8D" || c == "\xEF\xB8\x8F" ||
           (c.size() == 3 && c >= "\xE2\x98\x80" && c <= "\xE2\x9E\xBF");
}

// Whether the bytes at the end may be the beginning of a character.
bool may_be_cut(std::string_view text, std::size_t at) {
    return text.size() - at < 4 && static_cast<unsigned char>(text[at]) >= 0xC2 &&
           character_size(text.substr(at)) == 1;
}

struct End {
    std::size_t at = 0;
    bool certain = true;
    bool ends = false;
};

// `at` stands on a stop.
End end_from(std::string_view text, std::size_t at, Growth growth) {
    const std::size_t limit = at + kLookAhead;
    const bool over = growth == Growth::over;
    End out{at};
    bool wide = false;
    std::string_view c;
    const auto step = [&](std::size_t place) {
        c = place < text.size() ? character_at(text, place) : std::string_view();
        const bool open = place >= text.size() || may_be_cut(text, place);
        if (open && !over && place < limit) out.certain = false;
        return out.certain && !c.empty() && place < limit;
    };
    while (step(out.at) && (is_among(kSentenceStops, c) || is_among(kClosers, c))) {
        wide = wide || is_among(kWideStops, c);
        out.at += c.size();
    }
    if (!out.certain) return out;
    out.ends = wide || c.empty() || c == " " || c == "\n" || c == "\t" || c == "\r" || is_emoji(c);
    if (!out.ends) return out;
    for (std::size_t place = out.at; step(place); place += c.size()) {
        if (is_emoji(c)) {
            out.at = place + c.size();
        } else if (c != " ") {
            break;
        }
    }
    return out;
}

}  // namespace

SentenceCutter::Line SentenceCutter::enter_line(std::string_view text, Growth growth) {
    const bool over = growth == Growth::over;
    const std::size_t first = std::min(text.find_first_not_of(" \t", scan_), text.size());
    const std::string_view mark = text.substr(first, 3);
    const bool fence = mark == "```" || mark == "~~~";
    const bool possible =
        std::string_view("```").starts_with(mark) || std::string_view("~~~").starts_with(mark);
    if (mark.size() < 3 && possible && !over) return Line::uncertain;
    if (!fence && !fenced_) return Line::text;
    const std::size_t end = text.find('\n', first);
    if (end == std::string_view::npos && !over) return Line::uncertain;
    if (fence) fenced_ = !fenced_;
    begin_ = scan_ = end == std::string_view::npos ? text.size() : end + 1;
    return Line::skipped;
}

std::optional<SentencePlace> SentenceCutter::next(std::string_view text, Growth growth) {
    const auto close = [&](std::size_t end, std::size_t behind) -> std::optional<SentencePlace> {
        const std::size_t first = text.substr(0, end).find_first_not_of(" \t\r\n", begin_);
        begin_ = scan_ = behind;
        if (first == std::string_view::npos) return std::nullopt;
        return SentencePlace{first, end};
    };
    while (scan_ < text.size()) {
        const bool new_line = scan_ == begin_ && (scan_ == 0 || text[scan_ - 1] == '\n');
        if (new_line) {
            const Line line = enter_line(text, growth);
            if (line == Line::uncertain) return std::nullopt;
            if (line == Line::skipped) continue;
        }
        const std::string_view c = character_at(text, scan_);
        if (may_be_cut(text, scan_) && growth == Growth::goes_on) return std::nullopt;
        if (c == "\n") {
            if (const auto place = close(scan_, scan_ + 1)) return place;
            continue;
        }
        if (!is_among(kSentenceStops, c)) {
            scan_ += c.size();
            continue;
        }
        const End end = end_from(text, scan_, growth);
        if (!end.certain) return std::nullopt;
        scan_ = end.at;
        if (!end.ends) continue;
        if (const auto place = close(end.at, end.at)) return place;
    }
    if (growth == Growth::goes_on || begin_ >= text.size()) return std::nullopt;
    return close(text.size(), text.size());
}

}  // namespace body::text

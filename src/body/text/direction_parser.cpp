#include "body/text/direction_parser.hpp"

#include <algorithm>
#include <utility>

#include "body/text/words.hpp"

namespace body::text {
namespace {

constexpr std::size_t kCodeIndent = 4;
constexpr std::size_t kFenceTicks = 3;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

// What a direction may consist of besides letters and bytes of other scripts.
bool may_stand_inside(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || is_alphanumeric(c) || c == ' ' || c == '_' || c == '-' || c == '.' ||
           c == ',' || c == '\'' || c == ':';
}

std::string spaced(std::string_view inside) {
    std::string text(inside);
    std::ranges::replace(text, '_', ' ');
    return text;
}

// The bytes behind the last whole character, which more bytes may complete.
std::size_t partial_tail(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) return 0;
        if (byte >= 0xC0) {
            const std::size_t size = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
            return back < size ? back : 0;
        }
    }
    return 0;
}

}  // namespace

DirectionWords::DirectionWords(const PhraseBook& book) {
    const auto add = [this](const std::vector<Phrase>& phrases) {
        for (const Phrase& phrase : phrases) {
            words_.insert(words_.end(), phrase.begin(), phrase.end());
        }
    };
    for (const Language& language : book.languages) {
        for (const Head& head : language.heads) {
            add(head.phrases);
            add(head.loose);
        }
        for (const Modifier& modifier : language.modifiers) add(modifier.phrases);
    }
    std::ranges::sort(words_);
    const auto rest = std::ranges::unique(words_);
    words_.erase(rest.begin(), rest.end());
}

bool DirectionWords::may_begin(std::string_view inside) const {
    const std::string_view whole = inside.substr(0, inside.size() - partial_tail(inside));
    const auto words = plain_words(spaced(whole));
    if (words.empty()) return true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0 && is_digit(words[i].front())) continue;
        const auto found = std::ranges::lower_bound(words_, words[i]);
        if (found == words_.end()) return false;
        const bool last = i + 1 == words.size();
        if (last ? !found->starts_with(words[i]) : *found != words[i]) return false;
    }
    return true;
}

bool DirectionParser::in_code() const {
    return fence_ != 0 || code_ticks_ > 0 || indented_;
}

bool DirectionParser::may_open() const {
    // After a letter it is an index, after a bracket the name of a link.
    return !in_code() && !escaped_ && !is_alphanumeric(previous_) && previous_ != ']' &&
           previous_ != '[';
}

void DirectionParser::feed(std::string_view bytes, std::string& shown, std::vector<Cut>& cuts) {
    for (const char c : bytes) take(c, shown, cuts);
}

void DirectionParser::finish(std::string& shown, std::vector<Cut>& cuts) {
    if (place_ == Place::closed) {
        cut_out(cuts);
    } else {
        release(shown);
    }
}

void DirectionParser::take(char c, std::string& shown, std::vector<Cut>& cuts) {
    if (place_ == Place::text) {
        take_text(c, shown);
    } else if (place_ == Place::bracket) {
        take_in_bracket(c, shown);
    } else if (c == '(' || c == ':') {
        // The text of a link after all.
        release(shown);
        take_text(c, shown);
    } else if (c == '[' && waiting() + 1 < kMaxBytes) {
        // Another direction, or the name of a link.
        before_.push_back({std::exchange(held_, "["), std::exchange(directive_, {})});
        place_ = Place::bracket;
    } else {
        // Of the blanks on both sides one stays; a line that held nothing else goes whole.
        const bool alone = previous_ == '\n';
        const bool goes = (c == ' ' && (alone || previous_ == ' ')) || (c == '\n' && alone);
        if (goes) held_.push_back(c);
        cut_out(cuts);
        if (!goes) take(c, shown, cuts);
    }
}

void DirectionParser::take_text(char c, std::string& shown) {
    if (c != '`' && c != '~') end_ticks();
    if (c == '[' && may_open()) {
        held_ = "[";
        place_ = Place::bracket;
        return;
    }
    show(c, shown);
}

void DirectionParser::take_in_bracket(char c, std::string& shown) {
    held_.push_back(c);
    if (c == ']') {
        const std::string_view inside = std::string_view(held_).substr(1, held_.size() - 2);
        auto directive = reader_->read_direction(inside);
        if (directive && waiting() <= kMaxBytes) {
            directive_ = std::move(*directive);
            place_ = Place::closed;
            return;
        }
    }
    const bool possible = may_stand_inside(c) && waiting() < kMaxBytes &&
                          words_->may_begin(std::string_view(held_).substr(1));
    if (possible) return;
    // Not one. What waited is read again as text: another bracket may open in it.
    const std::string again = std::exchange(held_, {});
    release(shown);
    show(again.front(), shown);
    for (const char held : again.substr(1)) {
        if (place_ == Place::text) {
            take_text(held, shown);
        } else {
            take_in_bracket(held, shown);
        }
    }
}

void DirectionParser::cut_out(std::vector<Cut>& cuts) {
    for (Waiting& one : std::exchange(before_, {})) {
        cuts.push_back({shown_, std::move(one.text), std::move(one.directive)});
    }
    cuts.push_back({shown_, std::exchange(held_, {}), std::exchange(directive_, {})});
    place_ = Place::text;
}

void DirectionParser::release(std::string& shown) {
    for (const Waiting& one : std::exchange(before_, {})) {
        for (const char c : one.text) show(c, shown);
    }
    for (const char c : std::exchange(held_, {})) show(c, shown);
    place_ = Place::text;
}

std::size_t DirectionParser::waiting() const {
    std::size_t bytes = held_.size();
    for (const Waiting& one : before_) bytes += one.text.size();
    return bytes;
}

void DirectionParser::show(char c, std::string& shown) {
    follow_markdown(c);
    shown.push_back(c);
    ++shown_;
    previous_ = c;
}

void DirectionParser::follow_markdown(char c) {
    const bool was_escaped = std::exchange(escaped_, false);
    if (c == '\n') {
        end_ticks();
        if (blank_line_) code_ticks_ = 0;  // no inline code goes on over a blank line
        blank_line_ = true;
        line_start_ = true;
        indent_ = 0;
        indented_ = false;
        return;
    }
    if (line_start_ && (c == ' ' || c == '\t')) {
        indent_ += c == '\t' ? kCodeIndent : 1;
        indented_ = indent_ >= kCodeIndent && fence_ == 0;
        return;
    }
    blank_line_ = false;
    if ((c == '`' || c == '~') && !was_escaped) {
        if (ticks_ > 0 && c != tick_) end_ticks();
        if (ticks_ == 0) run_began_line_ = line_start_;
        tick_ = c;
        ++ticks_;
        line_start_ = false;
        return;
    }
    end_ticks();
    line_start_ = false;
    escaped_ = c == '\\' && !was_escaped && !in_code();
}

void DirectionParser::end_ticks() {
    if (ticks_ == 0) return;
    const std::size_t run = std::exchange(ticks_, 0);
    if (fence_ != 0) {
        if (run_began_line_ && tick_ == fence_ && run >= fence_ticks_) fence_ = 0;
        return;
    }
    if (run_began_line_ && run >= kFenceTicks) {
        fence_ = tick_;
        fence_ticks_ = run;
        code_ticks_ = 0;
        return;
    }
    if (tick_ != '`') return;
    if (code_ticks_ == 0) {
        code_ticks_ = run;
    } else if (code_ticks_ == run) {
        code_ticks_ = 0;
    }
}

}  // namespace body::text

#include "voice/spoken_text.hpp"

#include <algorithm>
#include <array>

#include "voice/utf8.hpp"

namespace voice {
namespace {

constexpr std::size_t kMaxBracket = 100;  // longest [text] waited for
constexpr std::size_t kMaxTarget = 2048;  // longest address waited for
constexpr std::size_t kMaxTag = 100;
constexpr std::string_view kBullet = "•";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii_punctuation(char c) {
    return c > ' ' && c < 0x7F && !is_letter(c) && !(c >= '0' && c <= '9');
}

bool is_direction(std::string_view name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_:. -";
    return name.size() >= 2 && name.size() <= 40 && name[0] >= 'a' && name[0] <= 'z' &&
           name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// [1], [^2], [x] and [ ] say nothing.
bool is_mark(std::string_view name) {
    return name == "x" || name.find_first_not_of("0123456789^, ") == std::string_view::npos;
}

}  // namespace

void SpokenText::feed(std::string_view bytes, std::vector<SpokenToken>& out) {
    for (const char byte : bytes) {
        held_.push_back(byte);
        run(End::open, out);
    }
}

void SpokenText::finish(std::vector<SpokenToken>& out) {
    run(End::closed, out);
    *this = SpokenText();
}

void SpokenText::run(End end, std::vector<SpokenToken>& out) {
    while (!held_.empty() && step(end, out) == Step::done) {
    }
}

bool SpokenText::short_of(std::size_t bytes, End end) const {
    return held_.size() < bytes && end == End::open;
}

char SpokenText::at(std::size_t index) const {
    return index < held_.size() ? held_[index] : '\n';
}

void SpokenText::consume(std::size_t bytes) {
    const std::size_t taken = std::min(bytes, held_.size());
    held_.erase(0, taken);
    offset_ += taken;
}

void SpokenText::emit(char32_t code, Span original, std::vector<SpokenToken>& out) {
    previous_ = code;
    blank_ = false;
    out.emplace_back(Glyph{code, original});
}

SpokenText::Step SpokenText::step(End end, std::vector<SpokenToken>& out) {
    if (fence_ != 0) return step_fence(end);
    if (line_start_) {
        const Step found = step_line_start(end, out);
        if (found != Step::none) return found;
        line_start_ = false;
    }
    const Step markup = step_markup(end, out);
    return markup == Step::none ? step_character(end, out) : markup;
}

// Inside a block of code nothing is said; it ends at the next fence, wherever that stands.
SpokenText::Step SpokenText::step_fence(End end) {
    const std::size_t same = std::min(held_.find_first_not_of(fence_), held_.size());
    if (same > 0 && same < 3 && same == held_.size() && end == End::open) return Step::more;
    if (same >= 3) fence_ = 0;
    consume(same >= 3 ? 3 : std::max(same, std::size_t{1}));
    return Step::done;
}

SpokenText::Step SpokenText::step_line_start(End end, std::vector<SpokenToken>& out) {
    const char c = held_[0];
    if (c == ' ' || c == '\t' || c == '>') {
        consume(1);
        return Step::done;
    }
    if (c == '`' || c == '~') {
        const std::size_t same = std::min(held_.find_first_not_of(c), held_.size());
        if (same < 3) return same == held_.size() && end == End::open ? Step::more : Step::none;
        fence_ = c;
        out.emplace_back(Break::paragraph);
        consume(3);
        return Step::done;
    }
    if (c == '#') {
        const std::size_t same = std::min(held_.find_first_not_of('#'), held_.size());
        if (same <= 6 && same == held_.size() && end == End::open) return Step::more;
        if (same > 6 || at(same) != ' ') return Step::none;
        out.emplace_back(Break::paragraph);
        heading_ = true;
        line_start_ = false;
        consume(same + 1);
        return Step::done;
    }
    if (c == '-' || c == '*' || c == '+' || c == kBullet[0]) return step_bullet(end, out);
    if (is_digit(static_cast<unsigned char>(c))) return step_number(end, out);
    return Step::none;
}

SpokenText::Step SpokenText::step_bullet(End end, std::vector<SpokenToken>& out) {
    std::size_t mark = 1;
    if (held_[0] == kBullet[0]) {
        if (held_.size() < kBullet.size() && kBullet.starts_with(held_) && end == End::open) {
            return Step::more;
        }
        if (!held_.starts_with(kBullet)) return Step::none;
        mark = kBullet.size();
    }
    if (short_of(mark + 1, end)) return Step::more;
    if (at(mark) != ' ' && at(mark) != '\t') return Step::none;
    out.emplace_back(Break::paragraph);
    line_start_ = false;
    consume(mark + 1);
    return Step::done;
}

// "1. First": the number is said, its full stop ends no sentence.
SpokenText::Step SpokenText::step_number(End end, std::vector<SpokenToken>& out) {
    const std::size_t digits = std::min(held_.find_first_not_of("0123456789"), held_.size());
    if (digits > 3) return Step::none;
    if (short_of(digits + 2, end) &&
        (digits == held_.size() || at(digits) == '.' || at(digits) == ')')) {
        return Step::more;
    }
    if ((at(digits) != '.' && at(digits) != ')') || at(digits + 1) != ' ') return Step::none;
    out.emplace_back(Break::paragraph);
    for (std::size_t i = 0; i < digits; ++i) {
        emit(static_cast<unsigned char>(held_[i]), {offset_ + i, offset_ + i + 1}, out);
    }
    line_start_ = false;
    consume(digits + 1);
    return Step::done;
}

SpokenText::Step SpokenText::step_markup(End end, std::vector<SpokenToken>& out) {
    const Span one{offset_, offset_ + 1};
    switch (held_[0]) {
        case '\n':
            out.emplace_back(blank_ || heading_ ? Break::paragraph : Break::line);
            line_start_ = blank_ = true;
            heading_ = false;
            previous_ = '\n';
            break;
        case '\r':
        case '`':
            break;
        case '*':
            return step_star(end, out);
        case '_':
            if (is_word_character(previous_)) {
                if (short_of(2, end)) return Step::more;
                // A word character of another script begins above ASCII.
                const auto next = static_cast<unsigned char>(at(1));
                if (next >= 0x80 || is_word_character(next)) emit(' ', one, out);
            }
            break;
        case '~':
            if (short_of(2, end)) return Step::more;
            if (at(1) != '~') return Step::none;
            consume(1);
            break;
        case '|':
            emit(' ', one, out);
            break;
        case '\\':
            if (short_of(2, end)) return Step::more;
            if (is_ascii_punctuation(at(1))) {
                emit(static_cast<unsigned char>(at(1)), {offset_, offset_ + 2}, out);
                consume(1);
            }
            break;
        case '#':
            if (is_word_character(previous_)) return Step::none;
            break;
        case '!':
            if (short_of(2, end)) return Step::more;
            if (at(1) != '[') return Step::none;
            break;
        case '>':
            if (previous_ == ' ') return Step::none;
            break;
        case '[':
            return step_bracket(end, out);
        case '<':
            return step_tag(end);
        case 'h':
        case 'w':
            return step_address(end, out);
        default:
            return Step::none;
    }
    consume(1);
    return Step::done;
}

// Emphasis is not said; a star between numbers or spaces is a multiplication.
SpokenText::Step SpokenText::step_star(End end, std::vector<SpokenToken>& out) {
    if (short_of(2, end)) return Step::more;
    const auto next = static_cast<unsigned char>(at(1));
    if ((is_digit(previous_) && is_digit(next)) || (previous_ == ' ' && next == ' ')) {
        emit(U'×', {offset_, offset_ + 1}, out);
    }
    consume(next == '*' ? 2 : 1);
    return Step::done;
}

SpokenText::Step SpokenText::step_bracket(End end, std::vector<SpokenToken>& out) {
    const std::size_t stop = held_.find_first_of("]\n", 1);
    if (stop == std::string::npos && held_.size() <= kMaxBracket && end == End::open) {
        return Step::more;
    }
    if (stop == std::string::npos || held_[stop] != ']') {
        consume(1);
        return Step::done;
    }
    if (short_of(stop + 2, end)) return Step::more;
    if (at(stop + 1) == '(') return step_link(stop, end, out);
    const std::string name = held_.substr(1, stop - 1);
    if (is_direction(name)) {
        out.emplace_back(Direction{name, {offset_, offset_ + stop + 1}});
    } else if (!is_mark(name)) {
        emit_text({1, stop}, out);
    }
    consume(stop + 1);
    return Step::done;
}

SpokenText::Step SpokenText::step_link(std::size_t close, End end, std::vector<SpokenToken>& out) {
    const std::size_t stop = held_.find_first_of(")\n", close + 2);
    if (stop == std::string::npos && held_.size() <= kMaxTarget && end == End::open) {
        return Step::more;
    }
    emit_text({1, close}, out);
    const bool whole = stop != std::string::npos && held_[stop] == ')';
    consume(whole ? stop + 1 : close + 1);
    return Step::done;
}

// The text inside brackets: said without the marks of emphasis.
void SpokenText::emit_text(Span inside, std::vector<SpokenToken>& out) {
    std::size_t index = inside.begin;
    while (index < inside.end) {
        const auto c = first_character(std::string_view(held_).substr(index, inside.end - index));
        const std::size_t size = std::max(c.bytes, std::size_t{1});
        const bool markup = c.code == '*' || c.code == '`' || c.code == '[' || c.code == '_';
        if (c.bytes > 0 && !markup && !is_unspoken(c.code)) {
            emit(c.code, {offset_ + index, offset_ + index + size}, out);
        }
        index += size;
    }
}

SpokenText::Step SpokenText::step_tag(End end) {
    if (short_of(2, end)) return Step::more;
    if (!is_letter(at(1)) && at(1) != '/' && at(1) != '!') return Step::none;
    const std::string_view inside = std::string_view(held_).substr(1);
    // An address in angle brackets is an address.
    if (inside.size() < 4 && std::string_view("http").starts_with(inside) && end == End::open) {
        return Step::more;
    }
    if (inside.starts_with("http")) {
        consume(1);
        return Step::done;
    }
    const std::size_t stop = held_.find_first_of(">\n");
    if (stop == std::string::npos && held_.size() <= kMaxTag && end == End::open) return Step::more;
    if (stop == std::string::npos || held_[stop] != '>') return Step::none;
    consume(stop + 1);
    return Step::done;
}

// Of a web address only the host is said.
SpokenText::Step SpokenText::step_address(End end, std::vector<SpokenToken>& out) {
    if (is_word_character(previous_)) return Step::none;
    static constexpr std::array<std::string_view, 3> kStarts = {"https://", "http://", "www."};
    std::size_t start = 0;
    for (const auto& each : kStarts) {
        if (held_.starts_with(each)) start = each.size();
        const bool may_become = held_.size() < each.size() && each.starts_with(held_);
        if (may_become && end == End::open) return Step::more;
    }
    if (start == 0) return Step::none;
    std::size_t stop = start;
    while (stop < held_.size() && held_[stop] > ' ' && held_[stop] < 0x7F &&
           std::string_view("<>\"'()[]{}|`*").find(held_[stop]) == std::string_view::npos) {
        ++stop;
    }
    if (stop == held_.size() && stop <= kMaxTarget && end == End::open) return Step::more;
    while (stop > start &&
           std::string_view(".,;:!?").find(held_[stop - 1]) != std::string_view::npos) {
        --stop;
    }
    const Span whole{offset_, offset_ + stop};
    std::string_view host = std::string_view(held_).substr(start, stop - start);
    host = host.substr(0, host.find_first_of("/?#:"));
    if (host.starts_with("www.")) host.remove_prefix(4);
    for (const char c : host) emit(static_cast<unsigned char>(c), whole, out);
    consume(stop);
    return Step::done;
}

SpokenText::Step SpokenText::step_character(End end, std::vector<SpokenToken>& out) {
    const Character c = first_character(held_);
    if (c.bytes == 0) {
        if (end == End::open) return Step::more;
        consume(held_.size());
        return Step::done;
    }
    const bool space = c.code == '\t' || c.code == ' ' || c.code == 0xA0 || c.code == 0x3000 ||
                       c.code == 0x202F || (c.code >= 0x2000 && c.code <= 0x200A);
    if (space) {
        emit(' ', {offset_, offset_ + c.bytes}, out);
    } else if (!is_unspoken(c.code)) {
        emit(c.code, {offset_, offset_ + c.bytes}, out);
    }
    consume(c.bytes);
    return Step::done;
}

}  // namespace voice

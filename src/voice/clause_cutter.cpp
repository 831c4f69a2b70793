#include "voice/clause_cutter.hpp"

#include <algorithm>
#include <utility>

#include "voice/sentence_rules.hpp"
#include "voice/utf8.hpp"

namespace voice {
namespace {

constexpr std::size_t kFirstWords = 3;     // the first piece: a clause of this many words
constexpr std::size_t kFirstIsLong = 5;    // from here on it may also end before "and", "weil" …
constexpr std::size_t kSecondWords = 7;    // the second piece: a longer clause
constexpr std::size_t kShortSentence = 3;  // words; a shorter one joins the next
constexpr std::size_t kMaxGlyphs = 200;

bool is_clause_mark(char32_t code) {
    return std::u32string_view(U",;:").find(code) != std::u32string_view::npos;
}

bool is_wide_clause_mark(char32_t code) {
    return std::u32string_view(U"，、；：").find(code) != std::u32string_view::npos;
}

bool is_sentence_mark(char32_t code) {
    return std::u32string_view(U".!?…").find(code) != std::u32string_view::npos;
}

bool is_wide_sentence_mark(char32_t code) {
    return std::u32string_view(U"。！？｡").find(code) != std::u32string_view::npos;
}

}  // namespace

std::vector<Piece> ClauseCutter::feed(std::string_view bytes) {
    text_.feed(bytes, tokens_);
    drain();
    return std::exchange(ready_, {});
}

std::vector<Piece> ClauseCutter::finish() {
    text_.finish(tokens_);
    drain();
    if (words_in(glyphs_.size()) > 0) {
        cut(glyphs_.size());
    } else {
        glyphs_.clear();
    }
    if (!directions_.empty()) {
        for (auto& each : directions_) each.at = 0;
        ready_.push_back(make_piece(0));
    }
    auto out = std::exchange(ready_, {});
    *this = ClauseCutter();
    return out;
}

void ClauseCutter::drain() {
    for (const auto& token : tokens_) {
        std::visit([&](const auto& each) { take(each); }, token);
    }
    tokens_.clear();
}

void ClauseCutter::take(const Direction& direction) {
    directions_.push_back({glyphs_.size(), direction});
}

void ClauseCutter::take(Break kind) {
    candidate_.reset();
    const std::size_t words = words_in(glyphs_.size());
    if (words == 0) {
        // Rules, rows of dashes: nothing of it can be said.
        glyphs_.clear();
        last_clause_ = 0;
        for (auto& each : directions_) each.at = 0;
        return;
    }
    if (kind == Break::paragraph) {
        cut(glyphs_.size());
        return;
    }
    offer(glyphs_.size(), Strength::sentence);
    if (!glyphs_.empty() && glyphs_.back().code != ' ') {
        const std::size_t end = glyphs_.back().original.end;
        glyphs_.push_back({' ', {end, end}});
    }
}

void ClauseCutter::take(const Glyph& glyph) {
    settle_candidate(glyph);
    if (glyph.code == ' ') {
        cut_before_conjunction();
        if (!glyphs_.empty() && glyphs_.back().code != ' ') glyphs_.push_back(glyph);
        return;
    }
    glyphs_.push_back(glyph);
    open_candidate(glyph);
    cut_when_too_long();
}

void ClauseCutter::settle_candidate(const Glyph& next) {
    if (!candidate_) return;
    Candidate& candidate = *candidate_;
    if (!candidate.space_seen && (is_closing(next.code) || is_sentence_mark(next.code) ||
                                  is_wide_sentence_mark(next.code))) {
        return;  // open_candidate or the next glyph lengthens it
    }
    if (candidate.space_seen && next.code == ' ') return;
    const bool follows_directly = !candidate.needs_space || is_unspaced(next.code);
    if (!candidate.space_seen && next.code != ' ' && !follows_directly) {
        candidate_.reset();  // 3.5, 10:30, example.com
        return;
    }
    if (candidate.full_stop && !candidate.space_seen && next.code == ' ') {
        candidate.space_seen = true;  // the next word tells
        return;
    }
    const Candidate settled = candidate;
    candidate_.reset();
    if (settled.full_stop && !ends_sentence(settled, next.code)) return;
    offer(settled.end, settled.strength);
}

bool ClauseCutter::ends_sentence(const Candidate& candidate, char32_t next) const {
    if (is_lower_case(next)) return false;
    std::string before;
    for (std::size_t i = 0; i + 1 < candidate.end; ++i) append_utf8(before, glyphs_[i].code);
    return !full_stop_belongs_to_word(before, is_digit(next) ? NextWord::number : NextWord::other);
}

void ClauseCutter::open_candidate(const Glyph& glyph) {
    const std::size_t end = glyphs_.size();
    if (candidate_ && !candidate_->space_seen && is_closing(glyph.code)) {
        candidate_->end = end;  // "He said so." – the quotation mark belongs to it
        return;
    }
    const auto before = end >= 2 ? glyphs_[end - 2].code : U' ';
    if (is_wide_sentence_mark(glyph.code)) {
        candidate_ = Candidate{end, Strength::sentence, false, false, false};
    } else if (is_wide_clause_mark(glyph.code)) {
        candidate_ = Candidate{end, Strength::clause, false, false, false};
    } else if (is_sentence_mark(glyph.code)) {
        const bool single = glyph.code == '.' && before != '.' && before != '!' && before != '?';
        candidate_ = Candidate{end, Strength::sentence, true, single, false};
        // Three dots may be a pause in the sentence.
        if (glyph.code == U'…' || (glyph.code == '.' && before == '.')) {
            candidate_->strength = Strength::clause;
        }
    } else if (is_clause_mark(glyph.code) ||
               ((glyph.code == U'—' || glyph.code == U'–') && before == ' ')) {
        candidate_ = Candidate{end, Strength::clause, true, false, false};
    }
}

// Called when a word has just been finished: a long first piece need not wait for a comma.
void ClauseCutter::cut_before_conjunction() {
    if (next_index_ != 0 || glyphs_.empty() || glyphs_.back().code == ' ') return;
    std::size_t start = glyphs_.size();
    while (start > 0 && glyphs_[start - 1].code != ' ') --start;
    if (start == 0 || words_in(start) < kFirstIsLong) return;
    std::string word;
    for (std::size_t i = start; i < glyphs_.size(); ++i) append_utf8(word, glyphs_[i].code);
    if (is_conjunction(word)) cut(start);
}

void ClauseCutter::cut_when_too_long() {
    if (glyphs_.size() <= kMaxGlyphs) return;
    std::size_t end = last_clause_;
    if (end == 0) {
        end = glyphs_.size() - 1;
        while (end > 0 && glyphs_[end - 1].code != ' ') --end;
    }
    if (end == 0) end = glyphs_.size() - 1;  // one endless word
    if (words_in(end) == 0) {
        glyphs_.erase(glyphs_.begin(), glyphs_.begin() + static_cast<std::ptrdiff_t>(end));
        for (auto& each : directions_) each.at = each.at > end ? each.at - end : 0;
        candidate_.reset();
        last_clause_ = 0;
        return;
    }
    cut(end);
}

// A possible end: taken, or kept in mind when the piece would be too short.
void ClauseCutter::offer(std::size_t end, Strength strength) {
    const std::size_t words = words_in(end);
    if (words == 0) return;
    std::size_t wanted = kShortSentence;
    if (strength == Strength::clause) {
        wanted = next_index_ == 0 ? kFirstWords : kSecondWords;
        if (next_index_ > 1) wanted = kMaxGlyphs;
    } else if (next_index_ == 0) {
        wanted = 2;  // "Of course!"
    }
    if (words >= wanted) {
        cut(end);
    } else {
        last_clause_ = end;
    }
}

std::size_t ClauseCutter::words_in(std::size_t end) const {
    std::size_t words = 0;
    std::size_t unspaced = 0;
    bool inside = false;
    for (std::size_t i = 0; i < end; ++i) {
        const char32_t code = glyphs_[i].code;
        if (is_unspaced(code)) {
            ++unspaced;
            inside = false;
        } else if (code == ' ') {
            inside = false;
        } else if (is_word_character(code) && !inside) {
            ++words;
            inside = true;
        }
    }
    return words + (unspaced + 1) / 2;  // a Chinese word has about two characters
}

void ClauseCutter::cut(std::size_t end) {
    ready_.push_back(make_piece(end));
    std::size_t gone = end;
    while (gone < glyphs_.size() && glyphs_[gone].code == ' ') ++gone;
    glyphs_.erase(glyphs_.begin(), glyphs_.begin() + static_cast<std::ptrdiff_t>(gone));
    for (auto& each : directions_) each.at = each.at > gone ? each.at - gone : 0;
    if (candidate_) {
        if (candidate_->end <= gone) {
            candidate_.reset();
        } else {
            candidate_->end -= gone;
        }
    }
    last_clause_ = last_clause_ > gone ? last_clause_ - gone : 0;
}

Piece ClauseCutter::make_piece(std::size_t end) {
    Piece piece;
    piece.index = next_index_++;
    while (end > 0 && glyphs_[end - 1].code == ' ') --end;
    auto direction = directions_.begin();
    bool in_word = false;      // the last word goes on
    bool has_letters = false;  // it is more than an opening mark
    for (std::size_t i = 0; i < end; ++i) {
        for (; direction != directions_.end() && direction->at <= i; ++direction) {
            piece.directions.push_back(
                {direction->direction.name, direction->direction.original, piece.spoken.size()});
        }
        const Glyph& glyph = glyphs_[i];
        const std::size_t at = piece.spoken.size();
        append_utf8(piece.spoken, glyph.code);
        if (glyph.code == ' ') {
            in_word = false;
            continue;
        }
        const bool letter = is_word_character(glyph.code);
        const bool alone = is_unspaced(glyph.code);
        // A quotation mark that opens belongs to the word after it.
        const bool opens = !letter && i > 0 && glyphs_[i - 1].code == ' ' && i + 1 < end &&
                           is_word_character(glyphs_[i + 1].code);
        const bool starts =
            piece.words.empty() || (has_letters && (alone || (!in_word && (letter || opens))));
        if (starts) {
            piece.words.push_back({{at, at}, glyph.original});
            has_letters = false;
        }
        PieceWord& word = piece.words.back();
        word.spoken.end = piece.spoken.size();
        word.original.end = std::max(word.original.end, glyph.original.end);
        has_letters = has_letters || letter;
        in_word = (in_word || letter) && !alone;
    }
    if (end > 0) piece.original = {glyphs_.front().original.begin, glyphs_[end - 1].original.end};
    // Directions at the very end happen with the next piece, or when there is none, now.
    if (end == 0) {
        for (; direction != directions_.end(); ++direction) {
            piece.directions.push_back(
                {direction->direction.name, direction->direction.original, 0});
        }
        if (!piece.directions.empty()) {
            piece.original = {piece.directions.front().original.begin,
                              piece.directions.back().original.end};
        }
    }
    directions_.erase(directions_.begin(), direction);
    return piece;
}

}  // namespace voice

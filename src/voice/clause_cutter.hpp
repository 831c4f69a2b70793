// ClauseCutter: cuts a reply, while it is still being written, into pieces that can be spoken. The
// first piece is short, so that the voice begins soon; later ones grow to sentences, so that it
// sounds natural. A piece keeps the way back to the written text, for cutting history to what was
// heard. Owned by one reply; one thread; any bytes; the same text gives the same pieces however it
// arrives.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voice/spoken_text.hpp"

namespace voice {

// A word of a piece with the punctuation that hangs on it; each Han character or kana is a word.
struct PieceWord {
    Span spoken;    // bytes of Piece::spoken
    Span original;  // bytes of the reply
};

struct PieceDirection {
    std::string name;
    Span original;
    std::size_t spoken_at = 0;  // byte of Piece::spoken before which it happens
};

struct Piece {
    std::size_t index = 0;  // 0, 1, 2 …
    // What to say. Empty only in a reply's last piece, when directions follow the last words.
    std::string spoken;
    Span original;
    std::vector<PieceWord> words;
    std::vector<PieceDirection> directions;
};

class ClauseCutter {
public:
    // Takes the next bytes of the reply; gives the pieces that are certain now.
    [[nodiscard]] std::vector<Piece> feed(std::string_view bytes);
    // The reply is over: gives the rest. The cutter is then ready for another reply.
    [[nodiscard]] std::vector<Piece> finish();

private:
    enum class Strength { clause, sentence };
    // A possible end that what follows must confirm.
    struct Candidate {
        std::size_t end = 0;  // glyphs of the piece
        Strength strength = Strength::clause;
        bool needs_space = true;  // not after 。 and its like
        bool full_stop = false;   // may be an abbreviation's
        bool space_seen = false;
    };

    void take(const Glyph& glyph);
    void take(const Direction& direction);
    void take(Break kind);
    void drain();
    void settle_candidate(const Glyph& next);
    [[nodiscard]] bool ends_sentence(const Candidate& candidate, char32_t next) const;
    void open_candidate(const Glyph& glyph);
    void cut_before_conjunction();
    void cut_when_too_long();
    void offer(std::size_t end, Strength strength);
    void cut(std::size_t end);
    [[nodiscard]] std::size_t words_in(std::size_t end) const;
    [[nodiscard]] Piece make_piece(std::size_t end);

    SpokenText text_;
    std::vector<SpokenToken> tokens_;
    std::vector<Glyph> glyphs_;  // of the piece under way
    struct Pending {
        std::size_t at;  // glyphs before it
        Direction direction;
    };
    std::vector<Pending> directions_;
    std::optional<Candidate> candidate_;
    std::size_t last_clause_ = 0;  // an end that was too early for a piece, for when it gets long
    std::size_t next_index_ = 0;
    std::vector<Piece> ready_;
};

}  // namespace voice

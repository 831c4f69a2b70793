// PlaybackAccount: what of a reply was heard, to the sample, and thereby which words the person
// knows of: history keeps those and no others. The player says what it played and when; the account
// maps samples to words and words to the written reply. Owned by one reply's playback; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "voice/clause_cutter.hpp"
#include "voice/hearing.hpp"

namespace voice {

// When a word sounds, in samples of its segment's audio.
struct TimedWord {
    Span original;  // bytes of the reply
    Samples start = 0;
    Samples end = 0;
};

// One piece of the reply as audio.
struct Segment {
    std::uint64_t id = 0;
    Span original;
    Samples length = 0;
    std::vector<TimedWord> words;  // in order
};

// The words of a piece spread over its audio by their length, for voices that give no word times.
[[nodiscard]] std::vector<TimedWord> spread_words(const Piece& piece, Samples length);

struct Heard {
    Samples samples = 0;
    Time time{0};
    std::size_t original_end = 0;  // the reply up to here was heard
    bool all = false;              // of what was queued
};

// Samples [from, from + count) of a segment, heard from `when` on.
struct Stretch {
    std::uint64_t segment = 0;
    Samples from = 0;
    Samples count = 0;
    Time when{0};
};

class PlaybackAccount {
public:
    static constexpr std::size_t kStretches = 512;  // remembered; the oldest are forgotten first

    explicit PlaybackAccount(int rate_hz);

    // Will be played after what is queued already. Ignored after cancel().
    void queue(Segment segment);
    // The device played the next `count` samples from `when` on; returns how many of them were the
    // reply's. After cancel(), and when nothing is queued, that is 0: it was silence.
    Samples played(Samples count, Time when);
    // What was not played never will be.
    void cancel();

    [[nodiscard]] Heard heard() const { return heard_until(position_); }
    // For a client that plays by itself and says how many ms of the reply were heard. As far as
    // 100 ms past the end is the end; beyond is invalid_argument.
    [[nodiscard]] base::Result<Heard> heard_at(Time since_start) const;
    // The segment's sample that sounded at `when`.
    [[nodiscard]] std::optional<Stretch> sounding_at(Time when) const;

    [[nodiscard]] Samples queued() const { return total_; }
    [[nodiscard]] Samples position() const { return position_; }
    [[nodiscard]] bool cancelled() const { return cancelled_; }

private:
    [[nodiscard]] Heard heard_until(Samples position) const;
    void remember(const Stretch& stretch);

    struct Placed {
        Segment segment;
        Samples start;  // in the reply's audio
    };
    int rate_hz_;
    std::vector<Placed> segments_;
    Samples total_ = 0;
    Samples position_ = 0;
    std::size_t current_ = 0;  // segment of position_
    bool cancelled_ = false;
    std::vector<Stretch> stretches_;
};

// What history keeps of a reply: the text that was heard, without the space after it.
[[nodiscard]] std::string_view heard_text(std::string_view reply, const Heard& heard);

}  // namespace voice

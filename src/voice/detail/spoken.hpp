// Spoken: the sound of one reply. Brings the voice's segments to the client's rate, hands them out
// no further ahead of the player than allowed, and knows what was heard: by the client's reports,
// or, without those, by the clock. Owned by one reply; one thread; pure.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "media/resampler.hpp"
#include "ports/speech.hpp"
#include "voice/conversation_events.hpp"
#include "voice/playback_account.hpp"

namespace voice::detail {

class Spoken {
public:
    // `reports`: the client tells what it played.
    Spoken(ResponseId response, int output_hz, bool reports);

    // A segment of `piece`. Errors: those of the resampler.
    [[nodiscard]] base::Result<void> add(const Piece& piece, const ports::SpeechSegment& segment);
    // What may go out now; `lead` of zero: all.
    void release(Time now, Time lead, std::vector<event::Any>& out);
    void drop_unsent() { waiting_.clear(); }
    // The client played so much of it in all; nonsense is clamped.
    void report(Time played, Time now);
    // Without reports: what was played by now.
    void estimate(Time now);
    void pause(Time now);
    void resume(Time now);
    // Nothing more will be played.
    void end() { account_.cancel(); }

    [[nodiscard]] bool audible() const { return sent_ > 0; }
    [[nodiscard]] bool paused() const { return paused_; }
    [[nodiscard]] bool all_out() const { return waiting_.empty(); }
    [[nodiscard]] bool all_played() const { return account_.position() == account_.queued(); }
    // Made and not yet played.
    [[nodiscard]] Time ahead() const;
    // When the player last moved, or had no reason to.
    [[nodiscard]] Time moved_at() const { return moved_at_; }
    [[nodiscard]] Heard heard() const { return account_.heard(); }

private:
    struct Waiting {
        std::optional<event::Segment> segment;
        event::Audio audio;
    };
    [[nodiscard]] base::Result<std::vector<std::int16_t>> resampled(
        const ports::SpeechSegment& segment);
    [[nodiscard]] std::vector<TimedWord> timed(const Piece& piece,
                                               const ports::SpeechSegment& segment, Samples length);
    [[nodiscard]] Samples samples(int ms) const { return media::samples_in(Time{ms}, rate_); }

    ResponseId response_;
    int rate_;
    bool reports_;
    PlaybackAccount account_;
    std::optional<media::Resampler> resampler_;
    std::deque<Waiting> waiting_;
    std::uint64_t next_segment_ = 0;
    std::size_t piece_ = 0;      // whose words are being placed
    std::size_t next_word_ = 0;  // of that piece
    Samples made_ = 0;
    Samples sent_ = 0;
    bool paused_ = false;
    // By the clock: `base_` samples had been played at `since_`, and it goes on from there.
    std::optional<Time> since_;
    Samples base_ = 0;
    Time moved_at_{0};
};

}  // namespace voice::detail

// TurnTaker: decides when a person begins to speak, when they may have finished and when they
// surely have. A possible end (SoftEnd, revision n) lets recogniser and model start early; if the
// person goes on, Reopened withdraws revision n and nothing of it may be seen or heard. Owned by
// one voice session; one thread; pure: it is fed and answers, and wants tick() at next_deadline().
// Every SpeechStarted is followed by exactly one TurnEnded or TurnDropped of that turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "voice/completeness.hpp"
#include "voice/hearing.hpp"
#include "voice/turn_settings.hpp"

namespace voice {

using TurnId = std::uint64_t;    // 1, 2, 3 … in a session
using Revision = std::uint64_t;  // of the possible ends, never used twice in a session

// Somebody speaks; `start` has the prefix padding taken off.
struct SpeechStarted {
    TurnId turn;
    Samples start;
};
// The turn may be over: work may start on [start, end) under this revision, unseen.
struct SoftEnd {
    TurnId turn;
    Revision revision;
    Samples start, end;
};
// The person went on: forget all that was done under the revision.
struct Reopened {
    TurnId turn;
    Revision revision;
};
enum class TurnEndReason { complete, silence, cap, committed, audio_stopped, too_long };
// The turn is over: what was done under the revision is released.
struct TurnEnded {
    TurnId turn;
    Revision revision;
    Samples start, end;  // `end` has the silence in it
    TurnEndReason reason;
};
enum class TurnDropReason { cleared, no_words, mode_changed };
// The turn is void; what was done under any of its revisions is forgotten.
struct TurnDropped {
    TurnId turn;
    TurnDropReason reason;
};
// Nobody said anything for the idle timeout after playback ended.
struct IdleTimeout {
    Samples at;
};

using Decision =
    std::variant<SpeechStarted, SoftEnd, Reopened, TurnEnded, TurnDropped, IdleTimeout>;
using Decisions = std::vector<Decision>;

enum class TranscriptState { partial, final };
// What was understood of a SoftEnd's audio. A recogniser that listens along says its text once more
// under the new revision.
struct Transcript {
    Revision revision;
    std::string_view text;
    TranscriptState state = TranscriptState::partial;
    double last_word = 1;  // how sure the recogniser is of it, 0 … 1
};
struct EndOfTurn {
    Revision revision;
    float probability;
};

class TurnTaker {
public:
    TurnTaker(TurnSettings settings, Time now);

    [[nodiscard]] Decisions hear(VadWindow window, Time now);
    // Of an older revision: ignored.
    [[nodiscard]] Decisions transcript(const Transcript& transcript, Time now);
    [[nodiscard]] Decisions end_of_turn(EndOfTurn judgement, Time now);
    [[nodiscard]] Decisions playback(Playback state, Time now);
    // Manual mode, or a client that will not wait: ends the turn here; a turn that had not begun
    // begins, softly ends and ends at once. conflict when there are less than 100 ms of audio.
    [[nodiscard]] base::Result<Decisions> commit(Time now);
    // Forgets the turn under way and the audio before now (a backchannel, a cleared buffer).
    [[nodiscard]] Decisions clear(Time now);
    [[nodiscard]] Decisions configure(TurnSettings settings, Time now);
    [[nodiscard]] Decisions tick(Time now);

    [[nodiscard]] std::optional<Time> next_deadline() const;
    [[nodiscard]] bool in_turn() const { return state_ != State::listening; }
    // Of the turn that a commit would end now, and its newest revision.
    [[nodiscard]] TurnId turn() const { return in_turn() ? turn_ : turn_ + 1; }
    [[nodiscard]] Samples turn_start() const { return in_turn() ? start_ : floor_; }
    [[nodiscard]] Revision revision() const { return revision_; }
    [[nodiscard]] const TurnSettings& settings() const { return settings_; }

private:
    enum class State {
        listening,  // nobody speaks
        speaking,
        quiet,  // after a SoftEnd
    };
    enum class Verdict { complete, unclear, hanging, open, nothing };

    void start_turn(Decisions& out);
    void soft_end(Decisions& out);
    void settle(Time now, Decisions& out);
    void end_turn(TurnEndReason reason, Decisions& out);
    void drop_turn(TurnDropReason reason, Decisions& out);
    [[nodiscard]] Time silence(Time now) const;
    [[nodiscard]] Time wait() const;
    [[nodiscard]] Verdict verdict() const;
    [[nodiscard]] TurnEndReason reason(Time now) const;
    [[nodiscard]] bool stalled(Time now) const;

    TurnSettings settings_;
    State state_ = State::listening;
    TurnId turn_ = 0;
    Revision revision_ = 0;
    Samples position_ = 0;    // end of what was heard
    Samples floor_ = 0;       // end of the last turn: nothing before it belongs to a new one
    Samples start_ = 0;       // of the turn
    Samples speech_end_ = 0;  // of the last window with speech
    Samples run_start_ = 0;   // of the speech windows in a row
    int run_ = 0;
    Time heard_at_;  // when the last window came
    Completeness text_ = Completeness::unclear;
    bool text_known_ = false;
    bool text_final_ = false;
    bool doubtful_ = false;  // its last word
    std::optional<float> end_probability_;
    Playback playback_ = Playback::idle;
    std::optional<Time> idle_at_;
};

}  // namespace voice

// Interruption: what to do when there is speech while the companion speaks. After two windows of
// speech playback pauses (nobody likes to be talked over); within half a second words, loudness, a
// list of listener's noises and a comparison with the companion's own words decide whether it goes
// on from the paused sample or stops for good. Owned by one voice session; one thread; pure: it is
// fed and answers, and wants tick() at next_deadline().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "voice/hearing.hpp"

namespace voice {

struct InterruptionSettings {
    float start_threshold = 0.5F;  // of a window with speech
    Time decide_within{500};       // after the pause
    Time fade{20};                 // of pausing and resuming
    float loud_dbfs = -38.0F;      // without words: speech from here on means to interrupt
    double loud_share = 0.6;       // … when it fills so much of the time of deciding
    double echo_share = 0.7;       // of the heard words that were just said: it is our own voice
};

// Stop the player, fading out; it keeps the place.
struct PausePlayback {
    Time fade;
};
enum class ResumeReason { backchannel, own_voice, too_quiet, no_speech };
// Go on from the paused sample, fading in. The turn that began with the noise is void.
struct ResumePlayback {
    Time fade;
    ResumeReason reason;
};
enum class CancelReason { words, loud_speech };
// The reply is over; what was not played never will be.
struct CancelPlayback {
    CancelReason reason;
};
using Reaction = std::variant<PausePlayback, ResumePlayback, CancelPlayback>;
using Reactions = std::vector<Reaction>;

class Interruption {
public:
    explicit Interruption(InterruptionSettings settings);

    // A reply begins to play, or all of it has been played.
    void playback_started();
    void playback_ended();
    // What the loudspeaker says now and said in the last seconds, for telling the echo.
    void saying(std::string_view spoken);

    [[nodiscard]] Reactions hear(VadWindow window, Time now);
    // What the recogniser made so far of the speech that is going on.
    [[nodiscard]] Reactions transcript(std::string_view text, Time now);
    [[nodiscard]] Reactions tick(Time now);

    // Are these the person's own words, and more than a listener's noise?
    [[nodiscard]] bool meant(std::string_view text) const { return judge(text) == Words::meant; }

    [[nodiscard]] std::optional<Time> next_deadline() const;
    [[nodiscard]] bool paused() const { return state_ == State::deciding; }

private:
    enum class State {
        off,       // nothing plays
        watching,  // playing
        deciding,  // paused
        ignoring,  // playing again while the same noise goes on
    };
    enum class Words { none, backchannel, own_voice, meant };

    [[nodiscard]] Words judge(std::string_view text) const;
    [[nodiscard]] bool speaks_up() const;
    void cancel(CancelReason reason, Reactions& out);
    void resume(ResumeReason reason, Reactions& out);

    InterruptionSettings settings_;
    State state_ = State::off;
    int run_ = 0;    // windows with speech in a row
    int quiet_ = 0;  // without
    Time decide_at_{0};
    Words words_ = Words::none;
    int windows_ = 0;  // while deciding, the two that began it included
    int speech_ = 0;
    double power_ = 0.0;  // summed over the windows with speech
    std::vector<std::string> said_;
};

}  // namespace voice

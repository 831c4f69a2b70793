// OwnEcho: takes the companion's voice out of the microphone of a client that does not do so
// itself. It keeps what was sent for playing, learns from the client's reports when which sample
// sounds, and finds the exact delay by listening. Reports are placed by the microphone samples that
// came before them on the same connection, not by a clock: an uneven network moves both alike.
// Between reports playing is taken to go on in real time. Every sample that comes in goes out once.
//
// While nothing sounds the microphone passes untouched. While something does it comes one frame of
// 10 ms late; when something begins to sound it is held back for at most half a second until the
// delay is known, then all of it follows at once. While the companion sounds, silence takes the
// place of what is only a rest of her voice (near_speech.hpp), 120 ms later, so that the beginning
// of a person's word goes out with the rest of it, at once when they are noticed; and of everything
// before the echo's way is learned (1.5 s of speech at most, once in a session): she cannot be
// interrupted then. What was sent is kept for 10 s; of more the oldest goes, counts as silence and
// is counted. Owned by one conversation; one thread; pure: its time is the microphone's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/echo_canceller.hpp"
#include "media/resampler.hpp"
#include "voice/hearing.hpp"
#include "voice/near_speech.hpp"
#include "voice/responder.hpp"

namespace voice {

class OwnEcho {
public:
    struct Counters {
        int runs = 0;           // times that something began to sound, or went on after a stop
        int found = 0;          // of them: the delay was found by listening
        int moved = 0;          // times that it was found to have changed while something sounded
        Samples forgotten = 0;  // sent and not kept until it was played
    };

    // Errors: those of the resampler, for a rate of the client's loudspeaker that does not go.
    [[nodiscard]] static base::Result<OwnEcho> make(int output_hz);

    // ---- what the client plays
    // Sent to it, in order, at output_hz; the first of a response takes the place of the one
    // before.
    void sent(ResponseId response, std::span<const std::int16_t> pcm);
    // It says that so much of the response has come out of the loudspeaker. Nonsense is clamped.
    void played(ResponseId response, Time heard);
    // It was told to stop at its place, and to go on from there.
    void paused();
    void resumed();
    // Nothing more of the response will be played than what is on its way.
    void over(ResponseId response);

    // ---- the microphone, kHearingHz, in order: appends what can be given out by now.
    void hear(std::span<const float> samples, std::vector<float>& out);
    // Taken and not given out yet.
    [[nodiscard]] Samples held() const {
        return waiting() + static_cast<Samples>(beginning_.size());
    }

    // The client was sent something 2 s ago and has never said that it plays: its echo stays.
    [[nodiscard]] bool unreported() const { return unreported_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    enum class Sound {
        none,      // of the response nothing sounds
        expected,  // the client has it and may begin at any moment
        placing,   // it sounds; where exactly is being found out
        placed,    // it sounds, and sample 0 of it was heard at `offset_`
    };

    OwnEcho(media::EchoCanceller canceller, media::Resampler resampler);
    void expect();
    void begin(Samples observed);
    void stop();
    void place();
    void settle_for(std::optional<Samples> shift);
    void give_out(std::vector<float>& out);
    void clean_frame(std::vector<float>& out);
    void tell_what_sounds();
    // What was cleaned and held back goes out; or all but the last of it does, as silence.
    void pass_on(std::vector<float>& out);
    void silence_older(std::vector<float>& out);
    void assess();
    [[nodiscard]] Samples waiting() const { return static_cast<Samples>(held_.size()); }
    void look_for_a_move();
    [[nodiscard]] Samples sent_until() const {
        return said_from_ + static_cast<Samples>(said_.size());
    }
    // Silence where it did not sound, or is not known.
    [[nodiscard]] std::vector<float> said(Samples from, Samples count) const;
    [[nodiscard]] Samples held_back() const;

    media::EchoCanceller canceller_;
    media::Resampler resampler_;
    Counters counters_;

    // Of the response, at kHearingHz; positions count from its first sample.
    ResponseId response_ = 0;
    std::vector<float> said_;
    Samples said_from_ = 0;  // of said_[0]
    Samples played_ = 0;     // as far as reported
    Samples run_from_ = 0;   // where it began to sound, or went on after a stop
    bool paused_ = false;
    bool over_ = false;

    // Positions of the microphone.
    std::vector<float> held_;
    Samples given_ = 0;  // the end of what was cleaned or let through; held_ begins there
    std::vector<float> beginning_;  // cleaned and not given out: somebody may have begun in it
    Samples received_ = 0;          // … and ends there
    Samples expected_since_ = 0;
    Samples report_at_ = 0;
    Samples tried_at_ = 0;
    Samples sounds_until_ = -kHearingHz;  // the end of what the canceller was told
    Samples loud_until_ = -kHearingHz;    // … where it was not silence

    Sound sound_ = Sound::none;
    Samples observed_ = 0;  // `offset_` as reports have it
    Samples offset_ = 0;    // where sample 0 is told to the canceller: a little before its echo
    std::optional<Samples> shift_;  // from observed_ to the echo, as found last
    std::optional<Samples> moved_;  // that a first look found while it sounds
    bool reported_ = false;
    bool unreported_ = false;

    // Does it work? Powers of frames with the companion's voice since it was last assessed.
    std::vector<float> recent_;  // of the microphone
    NearSpeech near_;
    bool learned_ = false;
    int learning_ = 0;  // frames
    int frames_ = 0;
    double heard_power_ = 0;
    double left_power_ = 0;
    double heard_before_ = 0;  // power of the last frame: the canceller is one frame late
};

}  // namespace voice

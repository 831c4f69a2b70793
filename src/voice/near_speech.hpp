// NearSpeech: is there anybody in what the microphone heard, beside the companion's own echo? It is
// asked about the canceller's work, not about what comes out of the noise reduction behind it:
// there the echo that the canceller expected is known, and what is left of it lies so far below it
// in each band as it did before. A person is what stands out of that and of the noise in three
// bands, and the evidence is summed over frames: somebody far louder shows in 20 ms, somebody 6 dB
// below the echo in about 100 ms, and single frames in which the canceller is late show nobody.
//
// How much is left follows the frames in which nobody is there, at once, and those with somebody
// slowly. What goes along with the expected echo within a band is taken off before: it is the echo
// in a room, or of a loudspeaker, that has changed. An echo that comes another way altogether is
// taken for a person for two seconds at most. Sources: the cumulative-sum test (Page 1954); the
// residual-echo estimate by band that WebRTC's AEC3 bases its suppression on (decision 13). Pure;
// one thread; no allocation.
#pragma once

#include <array>
#include <span>

#include "media/band_powers.hpp"

namespace voice {

class NearSpeech {
public:
    static constexpr int kFrame = 160;  // samples: 10 ms at kHearingHz

    NearSpeech();

    // The next kFrame samples of the microphone and what the canceller left of the same time. True
    // while there is somebody, and 250 ms on: within words and between them.
    [[nodiscard]] bool hear(std::span<const float> heard, std::span<const float> left);
    // There may be somebody: something stands out, not enough yet.
    [[nodiscard]] bool undecided() const { return sum_ > 0; }
    // Frames were left out, in which nothing sounded: what is known of the room is kept.
    void skip();

private:
    using Powers = media::BandPowers::Powers;

    Powers compare(const Powers& heard, const Powers& left, const Powers& echo);
    void learn(const Powers& left);
    [[nodiscard]] double evidence(const Powers& left) const;

    media::BandPowers heard_bands_, left_bands_, echo_bands_;
    Powers left_before_{}, echo_before_{};
    Powers common_{}, left_mean_{}, echo_mean_{};  // over the last frames
    Powers noise_{};                               // of what is left, the least of the last seconds
    Powers sounding_{};  // the echo that was expected, with the room's fading
    Powers share_db_{};  // of it that is left, nine frames in ten less
    double sum_ = 0;     // dB
    int open_ = 0;       // frames for which it holds on
};

}  // namespace voice

// EchoCanceller: takes what the loudspeaker said out of what the microphone heard, so that the
// companion can be interrupted without hearing itself. Works on one timeline of samples: played()
// says which samples left the loudspeaker when, process() cleans the microphone of the same time.
// Owned by one voice session; one thread; no allocation after make().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/audio_format.hpp"

struct SpeexEchoState_;
struct SpeexPreprocessState_;

namespace media {

struct EchoSettings {
    int rate_hz = 16'000;
    int tail_ms = 256;  // the longest echo, 32 … 512 ms: delay of the devices and the room
    int noise_reduction_db = 15;  // 0 … 40: how far steady noise is turned down
};

class EchoCanceller {
public:
    static constexpr int kFrameMs = 10;

    struct Counters {
        std::uint64_t frames = 0;
        Samples played_late = 0;   // told after the microphone of that time had been cleaned: lost
        Samples played_early = 0;  // more than 2 s ahead of the microphone: lost
    };

    [[nodiscard]] static base::Result<EchoCanceller> make(EchoSettings settings);

    // These samples were played from `at` on. What is never told counts as silence; what is told
    // twice is replaced.
    void played(Samples at, std::span<const float> samples);
    // Cleans the next frame_samples() samples of the microphone; `clean` has the same size and may
    // be the same memory. invalid_argument for another size. The result comes
    // delay() samples later than what was heard.
    [[nodiscard]] base::Result<void> process(std::span<const float> heard, std::span<float> clean);

    // What the adaptive filter left of the last frame, before the noise reduction and not delayed;
    // what was heard less this is the echo that it expected. Silence before the first frame.
    [[nodiscard]] std::span<const float> linear() const { return linear_; }

    // Where the next frame of the microphone begins; a gap in its stream moves it on.
    [[nodiscard]] Samples position() const { return position_; }
    void skip(Samples samples);
    [[nodiscard]] std::size_t frame_samples() const { return frame_; }
    // Of the noise reduction, which works on overlapping frames: one frame.
    [[nodiscard]] Samples delay() const { return static_cast<Samples>(frame_); }
    [[nodiscard]] Counters counters() const { return counters_; }

private:
    struct FreeEcho {
        void operator()(SpeexEchoState_* state) const;
    };
    struct FreeCleaner {
        void operator()(SpeexPreprocessState_* state) const;
    };
    void forget(Samples from, Samples count);

    // The cleaner keeps a pointer to the echo state: it is declared after it and goes first.
    std::unique_ptr<SpeexEchoState_, FreeEcho> echo_;
    std::unique_ptr<SpeexPreprocessState_, FreeCleaner> cleaner_;
    std::size_t frame_ = 0;
    Samples position_ = 0;
    std::vector<std::int16_t> reference_;  // ring over the timeline, 2 s
    std::vector<std::int16_t> heard_;
    std::vector<std::int16_t> said_;
    std::vector<std::int16_t> clean_;
    std::vector<float> linear_;
    Counters counters_;
};

}  // namespace media

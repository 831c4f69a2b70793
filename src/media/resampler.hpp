// Resampler: changes the rate of one mono stream, 8…48 kHz, with one state for its whole life so
// that block borders cannot be heard. Windowed sinc in polyphase form: passband to 0.87 of the
// lower Nyquist frequency, images and aliases below -90 dB. Owned by one stream; one thread; after
// the constructor it allocates only when `out` has to grow.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/audio_format.hpp"

namespace media {

class Resampler {
public:
    // Fails with invalid_argument outside 8…48 kHz and with unsupported for a pair of rates without
    // a common measure (24000 and 22051), whose filter would be too big.
    [[nodiscard]] static base::Result<Resampler> make(int in_hz, int out_hz);

    // Appends what can be said so far. After n samples in, whatever the blocks were, exactly those
    // output samples are out whose time lies at least latency() input samples before n.
    void process(std::span<const float> in, std::vector<float>& out);
    // The stream is over: appends the rest, so that n samples have become ceil(n × out / in), and
    // makes the resampler ready for a new stream.
    void flush(std::vector<float>& out);
    // Forgets the stream.
    void reset();

    // Constant, in input samples: 0 for equal rates, else 48 periods of the lower rate (3 ms at
    // 16 kHz, 6 ms at 8 kHz). Output sample k is the input's value at time k × in / out.
    [[nodiscard]] Samples latency() const { return half_; }
    [[nodiscard]] int in_hz() const { return in_hz_; }
    [[nodiscard]] int out_hz() const { return out_hz_; }

private:
    Resampler(int in_hz, int out_hz);
    void design();
    void emit_ready(std::vector<float>& out, Samples until);

    int in_hz_;
    int out_hz_;
    Samples up_ = 1;             // out_hz / gcd: number of phases
    Samples down_ = 1;           // in_hz / gcd
    Samples half_ = 0;           // filter length on one side, input samples
    std::vector<float> filter_;  // up_ rows of 2 × half_ coefficients
    std::vector<float> window_;  // input samples still needed
    Samples window_start_ = 0;  // stream position of window_[0]; negative: silence before the start
    Samples received_ = 0;
    Samples next_out_ = 0;
};

}  // namespace media

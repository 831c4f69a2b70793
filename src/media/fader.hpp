// Fader: turns a stream's loudness up or down over a set time (raised cosine, no click), across
// blocks and from wherever it is. Owned by one stream; one thread; no allocation.
#pragma once

#include <span>

#include "media/audio_format.hpp"

namespace media {

class Fader {
public:
    enum class Start { silent, full };

    // `length` in samples for the whole way between silence and full; at least one.
    explicit Fader(Samples length, Start start = Start::full);

    void fade_in() { direction_ = 1; }
    void fade_out() { direction_ = -1; }
    // Goes on with the fade under way, or applies the gain reached.
    void apply(std::span<float> block);

    [[nodiscard]] bool silent() const { return position_ == 0; }
    [[nodiscard]] bool full() const { return position_ == length_; }
    [[nodiscard]] float gain() const;
    [[nodiscard]] Samples length() const { return length_; }

private:
    Samples length_;
    Samples position_;  // 0 = silent … length_ = full
    int direction_ = 0;
};

}  // namespace media

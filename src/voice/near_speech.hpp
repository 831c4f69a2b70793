// NearSpeech: is there anything in a frame but what is left of an echo? A detector of speech takes
// the faintest rest of the companion's voice for speech, so what is left must not reach it as such.
// A person shows in frames of which the canceller leaves much, for 50 ms; how much that is follows
// how well the echo was taken out so far. Someone far below the echo is not heard over it. Pure;
// one thread.
#pragma once

#include <array>
#include <cstddef>

namespace voice {

class NearSpeech {
public:
    // Mean squares of a frame of 10 ms as it was heard and as the canceller left it.
    [[nodiscard]] bool hear(double heard, double left);

private:
    std::array<double, 10> heard_{};  // of the last frames: what is left comes a little late
    std::array<double, 3> left_{};
    std::size_t at_ = 0;
    int above_ = 0;
    int open_ = 0;              // frames for which it holds on
    double echo_heard_ = 1e-9;  // of frames without anybody, the older the less
    double echo_left_ = 1e-9;
};

}  // namespace voice

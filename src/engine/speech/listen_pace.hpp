// ListenPace: how long a recognition may take. The library's threads wait for each other by
// spinning, so beside other programs two of them now and then take seconds for what takes 0.2 s
// otherwise, and one thread never does. What takes far longer than usual is to be broken off and
// done again with one thread, and so are those that follow. Pure; one thread.
#pragma once

namespace engine::speech {

class ListenPace {
public:
    // Threads for the next recognition, of at most so many.
    [[nodiscard]] int threads(int most) const { return alone_ > 0 ? 1 : most; }
    // Milliseconds after which it is better broken off, with so many threads over so many positions
    // of the encoder; 0: it has all the time it needs.
    [[nodiscard]] double patience(int threads, int positions) const;
    // It ended by itself, in so many milliseconds of computing.
    void learn(double ms, int positions);
    // It was broken off.
    void give_up();

private:
    double usual_ms_ = 0;  // running mean, per position
    int alone_ = 0;        // so many more with one thread
};

}  // namespace engine::speech

// ThreadTuner: finds out how many threads compute fastest right now. ggml's threads wait for each
// other by spinning, so on a busy machine two threads can be ten times slower than one, and now and
// then a thousand times. Tries a neighbouring number now and then and keeps what was better; what
// takes far too long is to be broken off. Pure; one thread.
#pragma once

#include <cstddef>
#include <vector>

namespace engine {

class ThreadTuner {
public:
    // Begins with one thread when the machine is busy already, else with `most`.
    enum class Machine { calm, busy };
    ThreadTuner(int most, Machine machine);

    // Something new is computed after a rest, on a machine that has room for so many threads: what
    // was learned counts as far as it fits.
    void begin(int fitting);
    // Threads for the next computation.
    [[nodiscard]] int threads() const;
    // Milliseconds per token after which that computation is better broken off and done again with
    // fewer threads; 0: it has all the time it needs.
    [[nodiscard]] double patience() const;
    // It was broken off.
    void give_up();
    // How long it took per token.
    void learn(double ms_per_token);

private:
    void begin_trial();
    void end_trial();

    std::vector<int> choices_;  // rising
    std::size_t current_ = 0;   // in choices_
    std::size_t trying_ = 0;    // in choices_; equal to current_ outside a trial
    double usual_ms_ = 0;       // running mean of the current choice
    double calm_ms_ = 0;        // the usual time when the current choice was made
    double trial_ms_ = 0;       // sum of the trial
    int trial_steps_ = 0;
    int steps_ = 0;  // since the last trial
    int pause_ = 0;  // steps until the next trial
    bool try_fewer_ = true;
};

}  // namespace engine

#include "engine/thread_tuner.hpp"

#include <algorithm>

namespace engine {
namespace {

constexpr int kFirstPause = 4;  // steps before the first trial
constexpr int kLongestPause = 384;
constexpr int kTrialSteps = 3;
constexpr double kWorthIt = 0.9;  // change only for a clear gain
// So much worse: the trial ends at once. More threads may only need a step to wake.
constexpr double kFewerIsWorse = 1.25;
constexpr double kMoreIsWorse = 2.0;
constexpr double kSpike = 2.0;      // one step counts for no more: others come and go
constexpr double kDisturbed = 1.5;  // so much slower than usual: look again at once
constexpr double kLost = 6.0;       // so much worse: broken off
constexpr double kWeight = 0.2;     // of the newest step in the running mean

}  // namespace

ThreadTuner::ThreadTuner(int most, Machine machine) : pause_(kFirstPause) {
    for (int threads = 1; threads < most; threads *= 2) choices_.push_back(threads);
    choices_.push_back(std::max(most, 1));
    current_ = trying_ = machine == Machine::busy ? 0 : choices_.size() - 1;
}

void ThreadTuner::begin(int fitting) {
    std::size_t most = choices_.size() - 1;
    while (most > 0 && choices_[most] > fitting) --most;
    if (most >= current_) return;
    current_ = trying_ = most;
    usual_ms_ = calm_ms_ = 0;
    steps_ = 0;
    pause_ = kFirstPause;
    try_fewer_ = false;
}

int ThreadTuner::threads() const {
    return choices_[trying_];
}

double ThreadTuner::patience() const {
    const bool may_be_fewer = trying_ != current_ ? trying_ > current_ : current_ > 0;
    return may_be_fewer ? usual_ms_ * kLost : 0;
}

void ThreadTuner::give_up() {
    if (trying_ != current_) {
        trial_ms_ += usual_ms_ * kLost;
        ++trial_steps_;
        end_trial();
        return;
    }
    if (current_ == 0) return;
    trying_ = --current_;
    usual_ms_ = calm_ms_ = 0;
    steps_ = 0;
    pause_ = kFirstPause;
    try_fewer_ = false;
}

void ThreadTuner::begin_trial() {
    const bool can_fewer = current_ > 0;
    const bool can_more = current_ + 1 < choices_.size();
    const bool fewer = can_fewer && (try_fewer_ || !can_more);
    try_fewer_ = !fewer;
    trying_ = fewer ? current_ - 1 : current_ + 1;
    trial_steps_ = 0;
    trial_ms_ = 0;
}

void ThreadTuner::end_trial() {
    const double tried = trial_ms_ / trial_steps_;
    const bool better = tried < usual_ms_ * kWorthIt;
    if (better) {
        // The same direction may be better still.
        try_fewer_ = trying_ < current_;
        current_ = trying_;
        usual_ms_ = tried;
        pause_ = kFirstPause;
    } else {
        trying_ = current_;
        pause_ = std::min(pause_ * 2, kLongestPause);
    }
    calm_ms_ = usual_ms_;
    steps_ = 0;
}

void ThreadTuner::learn(double ms_per_token) {
    if (choices_.size() == 1 || ms_per_token <= 0) return;
    if (trying_ != current_) {
        trial_ms_ += ms_per_token;
        ++trial_steps_;
        const double bearable = trying_ < current_ ? kFewerIsWorse : kMoreIsWorse;
        const bool hopeless = ms_per_token > usual_ms_ * bearable;
        if (trial_steps_ == kTrialSteps || hopeless) end_trial();
        return;
    }
    if (usual_ms_ == 0) usual_ms_ = ms_per_token;
    usual_ms_ += kWeight * (std::min(ms_per_token, usual_ms_ * kSpike) - usual_ms_);
    ++steps_;
    const bool disturbed =
        calm_ms_ > 0 && steps_ >= kFirstPause && usual_ms_ > calm_ms_ * kDisturbed;
    if (steps_ >= pause_ || disturbed) {
        if (disturbed) pause_ = kFirstPause;
        begin_trial();
    }
}

}  // namespace engine

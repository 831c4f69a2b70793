#include "engine/speech/listen_pace.hpp"

#include <algorithm>

namespace engine::speech {
namespace {

constexpr double kLost = 4.0;     // so much slower than usual: broken off
constexpr int kAlone = 8;         // recognitions with one thread after that
constexpr double kWeight = 0.2;   // of the newest in the running mean
constexpr double kSlowest = 2.0;  // no recognition counts for more than so many usual ones

}  // namespace

double ListenPace::patience(int threads, int positions) const {
    return threads > 1 ? usual_ms_ * kLost * positions : 0;
}

void ListenPace::learn(double ms, int positions) {
    if (alone_ > 0) --alone_;
    if (ms <= 0 || positions <= 0) return;
    const double now = ms / positions;
    if (usual_ms_ == 0) {
        usual_ms_ = now;
        return;
    }
    usual_ms_ += kWeight * (std::min(now, usual_ms_ * kSlowest) - usual_ms_);
}

void ListenPace::give_up() {
    alone_ = kAlone;
}

}  // namespace engine::speech

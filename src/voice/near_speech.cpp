#include "voice/near_speech.hpp"

#include <algorithm>
#include <numeric>

namespace voice {
namespace {

constexpr double kSpan = 3;      // frames
constexpr double kFaint = 6e-6;  // -52 dBFS: no person who speaks to a microphone
constexpr double kMargin = 8;    // times what is left of an echo alone
constexpr double kMostShare = 0.25;
constexpr double kLeastShare = 0.03;
constexpr double kFades = 0.99;  // in 10 ms
constexpr int kOpens = 5;        // frames
constexpr int kHolds = 25;       // frames: within words and between them

}  // namespace

bool NearSpeech::hear(double heard, double left) {
    heard_[at_ % heard_.size()] = heard;
    left_[at_ % left_.size()] = left;
    ++at_;
    const double most = *std::ranges::max_element(heard_);
    const double now = std::accumulate(left_.begin(), left_.end(), 0.0) / kSpan;
    const double share = std::clamp(kMargin * echo_left_ / echo_heard_, kLeastShare, kMostShare);
    const bool much = now > kFaint && now > share * most;
    above_ = much ? above_ + 1 : 0;
    if (above_ >= kOpens) open_ = kHolds;
    if (open_ > 0) {
        --open_;
        return true;
    }
    echo_heard_ = kFades * echo_heard_ + heard;
    echo_left_ = kFades * echo_left_ + left;
    return false;
}

}  // namespace voice

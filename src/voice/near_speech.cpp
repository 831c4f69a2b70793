#include "voice/near_speech.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "voice/hearing.hpp"

namespace voice {
namespace {

constexpr std::size_t kBands = media::BandPowers::kBands;
constexpr double kFaint = 3e-6;        // -55 dBFS: no person who speaks to a microphone
constexpr double kFaintInBand = 1e-7;  // what is left of nothing, by rounding and the like
constexpr double kMuch = 1e-3;         // before it is known
constexpr double kNoiseRises = 1.012;  // 5 dB/s: a word raises it little
constexpr double kOverNoise = 4;       // a frame's power varies so much around the mean
constexpr double kEchoOverNoise = 10;  // to learn from it
constexpr double kCompares = 0.25;     // of each frame: over about 40 ms
constexpr double kFading = 0.794;      // 1 dB in 10 ms: a room of 0.6 s
constexpr double kShareAtFirstDb = -10;
constexpr double kLeastShareDb = -40;
constexpr double kMostShareDb = 10;
// The share is a quantile: raised by the step where more is left, lowered by a ninth of it else.
constexpr double kStepDb = 0.45;
constexpr double kStepWithSomebodyDb = 0.09;
constexpr double kOfSteps = 9;
constexpr double kMarginDb = 6;
constexpr int kBandsOfSpeech = 3;  // a vowel or a hiss fills that many
constexpr double kMostDb = 12;     // that one band may say in one frame
constexpr double kDriftDb = 2;
constexpr double kOpensDb = 16;
constexpr double kMostSumDb = 24;
constexpr int kHolds = 25;  // frames

double in_db(double power) {
    return 10 * std::log10(power + 1e-15);
}

double from_db(double level) {
    return std::pow(10.0, level / 10);
}

// Of two frames: in one alone the voice's pitch makes the power uneven.
void smooth(media::BandPowers::Powers& now, media::BandPowers::Powers& before) {
    for (std::size_t b = 0; b < kBands; ++b) {
        const double alone = now[b];
        now[b] = 0.5 * (alone + before[b]);
        before[b] = alone;
    }
}

}  // namespace

NearSpeech::NearSpeech()
    : heard_bands_(kHearingHz), left_bands_(kHearingHz), echo_bands_(kHearingHz) {
    noise_.fill(kMuch);
    share_db_.fill(kShareAtFirstDb);
}

void NearSpeech::skip() {
    heard_bands_.reset();
    left_bands_.reset();
    echo_bands_.reset();
    left_before_ = echo_before_ = sounding_ = {};
    common_ = left_mean_ = echo_mean_ = {};
    sum_ = 0;
    open_ = 0;
}

// The part of what is left in each band that no change of the echo's loudness explains: one less
// the coherence of what is left with the echo that was expected. Heard is the sum of the two, so
// the three powers hold what the two have in common.
NearSpeech::Powers NearSpeech::compare(const Powers& heard, const Powers& left,
                                       const Powers& echo) {
    Powers unlike{};
    for (std::size_t b = 0; b < kBands; ++b) {
        const double common = (heard[b] - left[b] - echo[b]) / 2;
        common_[b] += kCompares * (common - common_[b]);
        left_mean_[b] += kCompares * (left[b] - left_mean_[b]);
        echo_mean_[b] += kCompares * (echo[b] - echo_mean_[b]);
        const double alike = common_[b] * common_[b] / (left_mean_[b] * echo_mean_[b] + 1e-18);
        // Squared, because a few frames show no more than most of what they have in common.
        const double rest = std::clamp(1 - alike, 0.0, 1.0);
        unlike[b] = rest * rest;
    }
    return unlike;
}

// How far what is left stands out of what is left of an echo and of the noise, in dB, in the bands
// where it does most.
double NearSpeech::evidence(const Powers& left) const {
    std::array<double, kBands> above{};
    for (std::size_t b = 0; b < kBands; ++b) {
        const double rest = from_db(share_db_[b] + kMarginDb) * sounding_[b];
        const double known = rest + kOverNoise * noise_[b] + kFaintInBand;
        above[b] = std::clamp(in_db(left[b]) - in_db(known), -kMostDb, kMostDb);
    }
    std::ranges::partial_sort(above, above.begin() + kBandsOfSpeech, std::greater<>());
    return std::accumulate(above.begin(), above.begin() + kBandsOfSpeech, 0.0) / kBandsOfSpeech;
}

void NearSpeech::learn(const Powers& left) {
    const double step = open_ > 0 ? kStepWithSomebodyDb : kStepDb;
    for (std::size_t b = 0; b < kBands; ++b) {
        if (sounding_[b] < kEchoOverNoise * noise_[b] || sounding_[b] < kFaintInBand) continue;
        const double share = in_db(left[b]) - in_db(sounding_[b]);
        const double moved = share_db_[b] + (share > share_db_[b] ? step : -step / kOfSteps);
        share_db_[b] = std::clamp(moved, kLeastShareDb, kMostShareDb);
    }
}

bool NearSpeech::hear(std::span<const float> heard, std::span<const float> left) {
    std::array<float, kFrame> expected{};
    const std::size_t count = std::min({heard.size(), left.size(), expected.size()});
    for (std::size_t i = 0; i < count; ++i) expected[i] = heard[i] - left[i];
    const Powers before = heard_bands_.hear(heard);
    Powers now = left_bands_.hear(left);
    Powers echo = echo_bands_.hear({expected.data(), count});
    const Powers unlike = compare(before, now, echo);
    double power = 0;
    for (std::size_t b = 0; b < kBands; ++b) {
        // What was expected and did not sound is left with its sign changed, and is nobody.
        now[b] = std::min(now[b], before[b]);
        power += now[b];
    }
    smooth(now, left_before_);
    smooth(echo, echo_before_);
    for (std::size_t b = 0; b < kBands; ++b) {
        noise_[b] = std::min(noise_[b] * kNoiseRises, now[b] + kFaintInBand / kOverNoise);
        sounding_[b] = std::max(echo[b], kFading * sounding_[b]);
        now[b] *= unlike[b];
    }
    sum_ = power < kFaint ? 0 : std::clamp(sum_ + evidence(now) - kDriftDb, 0.0, kMostSumDb);
    if (sum_ >= kOpensDb) {
        open_ = kHolds;
    } else if (open_ > 0) {
        --open_;
    }
    learn(now);
    return open_ > 0;
}

}  // namespace voice

#include "voice/own_echo.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/delay_finder.hpp"
#include "media/levels.hpp"
#include "media/pcm.hpp"

namespace voice {
namespace {

constexpr Samples ms(int milliseconds) {
    return media::samples_in(Time{milliseconds}, kHearingHz);
}

constexpr Samples kKept = ms(10'000);
constexpr Samples kKeptPlayed = ms(1'000);  // for finding the delay of what sounded before
constexpr Samples kReportsWithin = ms(200);
constexpr Samples kNeverReports = ms(2'000);
constexpr Samples kTrust = ms(250);   // so long after a report it is taken to play on
constexpr Samples kStands = ms(150);  // reports of one place, so far apart: it has stopped
constexpr Samples kJump = ms(130);    // reports are less uneven than that
constexpr Samples kPlaceWithin = ms(500);
constexpr Samples kTryEvery = ms(50);
constexpr Samples kLeastToPlace = ms(150);  // of loud speech
// The echo lies so far before and behind where a report has it.
constexpr Samples kEarly = ms(80);
constexpr Samples kLate = ms(240);
constexpr Samples kLead = ms(8);       // of the reference before the echo
constexpr Samples kUnknown = ms(-60);  // … when only reports say where it is
constexpr float kSure = 0.5F;
constexpr float kSureOfMove = 0.6F;
constexpr Samples kSame = 8;        // samples
constexpr Samples kMove = 16;       // a smaller one is left to the canceller
constexpr Samples kRing = ms(300);  // the tail, and a little
constexpr Samples kRecent = ms(400);
constexpr Samples kLookBack = ms(120);  // longer than it takes to notice most people
constexpr float kLoud = -50.0F;         // dBFS, of what is said
constexpr int kAssessEvery = 25;        // frames
constexpr int kLearnWithin = 150;       // frames
constexpr int kLearnMoved = 50;         // … after a move
constexpr double kWorks = 10.0;         // dB less
constexpr double kFails = 6.0;
constexpr double kNoEcho = -60.0;  // dBFS: there is nothing to learn from, and nothing to take out

double power_of(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    return sum;
}

// A canceller that is told of more than sounds puts what it expects in its place: it may leave no
// more than was heard.
void limit(std::span<float> clean, double most) {
    const double power = power_of(clean);
    if (power <= most) return;
    const auto gain = static_cast<float>(std::sqrt(most / power));
    for (auto& sample : clean) sample *= gain;
}

double db(double power, int frames, std::size_t frame) {
    return 10.0 * std::log10(power / static_cast<double>(frame) / std::max(1, frames) + 1e-12);
}

}  // namespace

base::Result<OwnEcho> OwnEcho::make(int output_hz) {
    TRY(canceller, media::EchoCanceller::make({.rate_hz = kHearingHz}));
    TRY(resampler, media::Resampler::make(output_hz, kHearingHz));
    return OwnEcho(std::move(canceller), std::move(resampler));
}

OwnEcho::OwnEcho(media::EchoCanceller canceller, media::Resampler resampler)
    : canceller_(std::move(canceller)), resampler_(std::move(resampler)) {}

// ---- what the client plays

void OwnEcho::sent(ResponseId response, std::span<const std::int16_t> pcm) {
    if (response != response_) {
        // What is on its way of the response before still sounds.
        if (sound_ == Sound::placed) {
            canceller_.skip(given_ - canceller_.position());
            canceller_.played(given_, said(given_ - offset_, kReportsWithin));
            sounds_until_ = loud_until_ = given_ + kReportsWithin;
        }
        response_ = response;
        said_.clear();
        said_from_ = played_ = run_from_ = 0;
        resampler_.reset();
        paused_ = over_ = false;
        sound_ = Sound::none;
    }
    std::vector<float> in(pcm.size());
    std::ranges::transform(pcm, in.begin(), media::from_s16);
    resampler_.process(in, said_);
    const Samples not_needed = played_ - kKeptPlayed - said_from_;
    const Samples too_much = static_cast<Samples>(said_.size()) - kKept;
    const Samples gone = std::max(not_needed >= kKeptPlayed ? not_needed : 0, too_much);
    if (gone > 0) {
        said_.erase(said_.begin(), said_.begin() + gone);
        said_from_ += gone;
        counters_.forgotten +=
            std::max(Samples{0}, said_from_ - std::max(played_, said_from_ - gone));
    }
    if (sound_ == Sound::none && !paused_ && !unreported_ && !pcm.empty()) expect();
}

void OwnEcho::played(ResponseId response, Time heard) {
    if (response != response_) return;
    const Time sane = std::clamp(heard, Time{0}, Time{3'600'000});
    const Samples at = std::min(sent_until(), media::samples_in(sane, kHearingHz));
    const bool sounds = sound_ == Sound::placing || sound_ == Sound::placed;
    if (at <= played_) {
        const bool stands = sounds && at == played_ && received_ - report_at_ >= kStands;
        if (stands) stop();
        return;
    }
    const Samples observed = received_ - at;
    const bool late = (paused_ || over_) && !sounds;  // it was on its way when it was stopped
    const bool jumped = sounds && std::abs(observed - observed_) > kJump;
    if (!late && (!sounds || jumped)) begin(observed);
    played_ = at;
    report_at_ = received_;
    reported_ = true;
    unreported_ = false;
}

void OwnEcho::paused() {
    paused_ = true;
    if (sound_ == Sound::placing) settle_for(shift_);
    if (sound_ == Sound::expected) sound_ = Sound::none;
}

void OwnEcho::resumed() {
    paused_ = false;
    sound_ = Sound::none;
    if (sent_until() > played_) expect();
}

void OwnEcho::over(ResponseId response) {
    if (response != response_) return;
    over_ = true;
    if (sound_ == Sound::placing) settle_for(shift_);
    if (sound_ == Sound::expected) sound_ = Sound::none;
}

void OwnEcho::expect() {
    sound_ = Sound::expected;
    expected_since_ = received_;
}

void OwnEcho::begin(Samples observed) {
    ++counters_.runs;
    observed_ = observed;
    run_from_ = played_;
    sound_ = Sound::placing;
    tried_at_ = received_;
    moved_.reset();
}

// Nothing of it sounds any more, or not now.
void OwnEcho::stop() {
    sound_ = Sound::none;
    if (!paused_ && !over_ && sent_until() > played_) expect();
}

// ---- where it sounds

std::vector<float> OwnEcho::said(Samples from, Samples count) const {
    std::vector<float> out(static_cast<std::size_t>(count), 0.0F);
    const Samples first = std::max({from, said_from_, run_from_});
    const Samples last = std::min(from + count, sent_until());
    if (first < last) {
        std::copy(said_.begin() + (first - said_from_), said_.begin() + (last - said_from_),
                  out.begin() + (first - from));
    }
    return out;
}

// Compares what is held of the microphone with what was said.
void OwnEcho::place() {
    const bool last = waiting() >= kPlaceWithin;
    if (!last && received_ - tried_at_ < kTryEvery) return;
    tried_at_ = received_;
    const auto reference = said(given_ - observed_ - kLate, waiting() + kLate + kEarly);
    Samples loud = 0;
    for (std::size_t at = kLate; at + ms(10) <= reference.size(); at += ms(10)) {
        const auto frame = std::span(reference).subspan(at, ms(10));
        if (media::measure(frame).rms_dbfs > kLoud) loud += ms(10);
    }
    if (loud >= kLeastToPlace || last) {
        const auto found = media::find_delay(held_, reference);
        if (found && found->likeness >= kSure) {
            ++counters_.found;
            shift_ = found->delay - kEarly;
            settle_for(shift_);
            return;
        }
    }
    if (last) settle_for(shift_);
}

void OwnEcho::settle_for(std::optional<Samples> shift) {
    offset_ = observed_ + (shift ? *shift - kLead : kUnknown);
    sound_ = Sound::placed;
}

// It was cancelled well and is no more: has the client's loudspeaker got ahead or behind?
void OwnEcho::look_for_a_move() {
    if (sound_ != Sound::placed || static_cast<Samples>(recent_.size()) < kRecent) return;
    const Samples expected = offset_ + kLead;
    const Samples from = given_ - static_cast<Samples>(recent_.size());
    const auto found = media::find_delay(
        recent_,
        said(from - expected - kLate, static_cast<Samples>(recent_.size()) + kLate + kEarly));
    const auto before = std::exchange(moved_, std::nullopt);
    if (!found || found->likeness < kSureOfMove) return;
    const Samples move = found->delay - kEarly;
    if (std::abs(move) <= kMove) return;
    if (!before || std::abs(move - *before) > kSame) {
        moved_ = move;
        return;
    }
    ++counters_.moved;
    offset_ += move;
    learned_ = false;
    learning_ = kLearnWithin - kLearnMoved;
}

// ---- the microphone

Samples OwnEcho::held_back() const {
    if (sound_ == Sound::placing) return waiting();
    if (sound_ == Sound::expected) return std::min(waiting(), kReportsWithin);
    return 0;
}

void OwnEcho::hear(std::span<const float> samples, std::vector<float>& out) {
    held_.insert(held_.end(), samples.begin(), samples.end());
    received_ += static_cast<Samples>(samples.size());
    if (sound_ == Sound::placing) place();
    if (sound_ == Sound::expected && received_ - expected_since_ >= kNeverReports) {
        unreported_ = !reported_;
        sound_ = Sound::none;
    }
    give_out(out);
}

void OwnEcho::give_out(std::vector<float>& out) {
    const auto frame = static_cast<Samples>(canceller_.frame_samples());
    for (;;) {
        const Samples free = waiting() - held_back();
        const bool works = sound_ == Sound::placed || given_ < sounds_until_ + kRing;
        if (free <= 0 || (works && free < frame)) return;
        if (works) {
            clean_frame(out);
            continue;
        }
        recent_.clear();
        pass_on(out);
        near_.skip();
        out.insert(out.end(), held_.begin(), held_.begin() + free);
        held_.erase(held_.begin(), held_.begin() + free);
        given_ += free;
    }
}

// The canceller learns what sounds during the next frame of the microphone.
void OwnEcho::tell_what_sounds() {
    if (sound_ != Sound::placed) return;
    const auto frame = static_cast<Samples>(canceller_.frame_samples());
    const Samples from = given_ - offset_;
    if (from >= sent_until()) {
        // What was sent has been played, even if that was not reported yet.
        played_ = sent_until();
        sound_ = Sound::none;
        return;
    }
    if (given_ >= report_at_ + kTrust) {
        stop();
        return;
    }
    // What it was told of the sound before this one still holds until this one begins.
    const Samples first = std::max(from, run_from_);
    if (first >= from + frame) return;
    const auto reference = said(first, from + frame - first);
    canceller_.played(given_ + first - from, reference);
    sounds_until_ = given_ + frame;
    if (media::measure(reference).rms_dbfs > kLoud) loud_until_ = given_ + frame;
}

void OwnEcho::clean_frame(std::vector<float>& out) {
    const std::size_t frame = canceller_.frame_samples();
    canceller_.skip(given_ - canceller_.position());
    tell_what_sounds();
    const bool sounds = given_ < loud_until_ + kRing / 2;
    const std::span<const float> heard(held_.data(), frame);
    const std::size_t at = beginning_.size();
    beginning_.resize(at + frame);
    const std::span<float> clean(beginning_.data() + at, frame);
    const auto done = canceller_.process(heard, clean);
    if (!done) std::ranges::copy(heard, clean.begin());  // of another size: never
    limit(clean, std::max(power_of(heard), std::exchange(heard_before_, power_of(heard))));
    const bool somebody = near_.hear(heard, canceller_.linear());
    recent_.insert(recent_.end(), heard.begin(), heard.end());
    if (static_cast<Samples>(recent_.size()) > kRecent) {
        recent_.erase(recent_.begin(), recent_.end() - kRecent);
    }
    if (sounds) {
        heard_power_ += power_of(heard);
        left_power_ += power_of(clean);
        ++frames_;
        if (!learned_) ++learning_;
        if (!learned_) std::ranges::fill(clean, 0.0F);
    }
    if (!sounds || somebody) {
        // What came before the end of the echo was nobody, unless it is somebody who just begins.
        if (!somebody && !near_.undecided()) std::fill_n(beginning_.begin(), at, 0.0F);
        pass_on(out);
    } else {
        silence_older(out);
    }
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(frame));
    given_ += static_cast<Samples>(frame);
    if (frames_ >= kAssessEvery) assess();
}

void OwnEcho::pass_on(std::vector<float>& out) {
    out.insert(out.end(), beginning_.begin(), beginning_.end());
    beginning_.clear();
}

void OwnEcho::silence_older(std::vector<float>& out) {
    const Samples older = static_cast<Samples>(beginning_.size()) - kLookBack;
    if (older <= 0) return;
    out.insert(out.end(), static_cast<std::size_t>(older), 0.0F);
    beginning_.erase(beginning_.begin(), beginning_.begin() + older);
}

void OwnEcho::assess() {
    const std::size_t frame = canceller_.frame_samples();
    const double heard = db(std::exchange(heard_power_, 0.0), frames_, frame);
    const double left = db(std::exchange(left_power_, 0.0), frames_, frame);
    frames_ = 0;
    if (!learned_) {
        learned_ = heard - left >= kWorks || heard < kNoEcho || learning_ >= kLearnWithin;
    } else if (heard >= kNoEcho && heard - left < kFails) {
        look_for_a_move();
    }
}

}  // namespace voice

#include "voice/interruption.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "voice/words.hpp"

namespace voice {
namespace {

constexpr int kPauseWindows = 2;
constexpr int kCalmWindows = 6;               // 192 ms without speech: the noise is over
constexpr std::size_t kRememberedWords = 60;  // about 20 s of speech
// A single short word proves no echo: people say what was just said, too.
constexpr std::size_t kLeastEchoWords = 2;

}  // namespace

Interruption::Interruption(InterruptionSettings settings) : settings_(settings) {}

void Interruption::playback_started() {
    state_ = State::watching;
    run_ = quiet_ = 0;
}

void Interruption::playback_ended() {
    state_ = State::off;
}

void Interruption::saying(std::string_view spoken) {
    auto words = words_of(spoken);
    said_.insert(said_.end(), std::make_move_iterator(words.begin()),
                 std::make_move_iterator(words.end()));
    if (said_.size() > kRememberedWords) {
        said_.erase(said_.begin(), said_.end() - static_cast<std::ptrdiff_t>(kRememberedWords));
    }
}

Interruption::Words Interruption::judge(std::string_view text) const {
    const auto words = words_of(text);
    if (words.empty()) return Words::none;
    if (is_backchannel(words)) return Words::backchannel;
    if (words.size() >= kLeastEchoWords && share_said(words, said_) >= settings_.echo_share) {
        return Words::own_voice;
    }
    return Words::meant;
}

void Interruption::cancel(CancelReason reason, Reactions& out) {
    state_ = State::off;
    out.emplace_back(CancelPlayback{reason});
}

void Interruption::resume(ResumeReason reason, Reactions& out) {
    state_ = State::ignoring;
    quiet_ = 0;
    out.emplace_back(ResumePlayback{settings_.fade, reason});
}

bool Interruption::speaks_up() const {
    if (speech_ == 0 || speech_ < settings_.loud_share * windows_) return false;
    return 10.0 * std::log10(power_ / speech_) >= static_cast<double>(settings_.loud_dbfs);
}

Reactions Interruption::hear(VadWindow window, Time now) {
    Reactions out;
    if (state_ == State::off) return out;
    const bool speech = window.probability >= settings_.start_threshold;
    run_ = speech ? run_ + 1 : 0;
    quiet_ = speech ? 0 : quiet_ + 1;
    if (speech && run_ == 1 && state_ == State::watching) {
        windows_ = speech_ = 0;
        power_ = 0.0;
    }
    ++windows_;
    if (speech) {
        ++speech_;
        power_ += std::pow(10.0, static_cast<double>(window.level_dbfs) / 10.0);
    }
    if (state_ == State::watching && run_ >= kPauseWindows) {
        state_ = State::deciding;
        decide_at_ = now + settings_.decide_within;
        words_ = Words::none;
        out.emplace_back(PausePlayback{settings_.fade});
        return out;
    }
    if (state_ == State::ignoring && quiet_ >= kCalmWindows) {
        state_ = State::watching;
        run_ = 0;
    }
    // A listener's "mhm" that is over need not be waited for.
    if (state_ == State::deciding && quiet_ >= kCalmWindows &&
        (words_ == Words::backchannel || words_ == Words::own_voice)) {
        resume(words_ == Words::backchannel ? ResumeReason::backchannel : ResumeReason::own_voice,
               out);
        return out;
    }
    auto late = tick(now);
    out.insert(out.end(), late.begin(), late.end());
    return out;
}

Reactions Interruption::transcript(std::string_view text, Time now) {
    Reactions out;
    if (state_ != State::deciding && state_ != State::ignoring) return out;
    words_ = judge(text);
    if (words_ == Words::meant) {
        cancel(CancelReason::words, out);
        return out;
    }
    return tick(now);
}

Reactions Interruption::tick(Time now) {
    Reactions out;
    if (state_ != State::deciding || now < decide_at_) return out;
    switch (words_) {
        case Words::backchannel:
            resume(ResumeReason::backchannel, out);
            break;
        case Words::own_voice:
            resume(ResumeReason::own_voice, out);
            break;
        case Words::meant:
            cancel(CancelReason::words, out);
            break;
        case Words::none:
            if (speaks_up()) {
                cancel(CancelReason::loud_speech, out);
            } else {
                resume(speech_ < settings_.loud_share * windows_ ? ResumeReason::no_speech
                                                                 : ResumeReason::too_quiet,
                       out);
            }
            break;
    }
    return out;
}

std::optional<Time> Interruption::next_deadline() const {
    if (state_ != State::deciding) return std::nullopt;
    return decide_at_;
}

}  // namespace voice

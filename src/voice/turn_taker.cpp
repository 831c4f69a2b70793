#include "voice/turn_taker.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace voice {
namespace {

using base::ErrorCode;

constexpr int kStartWindows = 2;  // in a row: a click is one
constexpr Time kStall{200};       // no window for so long: the microphone's stream has stopped
constexpr Time kLeastCommit{100};
// Of the end-of-turn model, which is unreliable alone: it moves a judgement by one step.
constexpr float kSurelyEnds = 0.8F;
constexpr float kLikelyEnds = 0.5F;
constexpr float kHardlyEnds = 0.2F;
// A word that is guessed rather than heard may be half of one, or of another kind.
constexpr double kGuessed = 0.35;

Samples samples_of(Time time) {
    return media::samples_in(time, kHearingHz);
}

base::Result<void> in_range(std::string_view name, Time value, Time least, Time most) {
    if (value >= least && value <= most) return {};
    return base::fail(ErrorCode::invalid_argument, fmt::format("{} of {} ms", name, value.count()),
                      fmt::format("use {} to {} ms", least.count(), most.count()));
}

}  // namespace

base::Result<void> check(const TurnSettings& settings) {
    const auto fraction = [](float value) { return value >= 0.0F && value <= 1.0F; };
    if (!fraction(settings.start_threshold) || !fraction(settings.stop_threshold) ||
        settings.stop_threshold > settings.start_threshold) {
        return base::fail(ErrorCode::invalid_argument, "the speech thresholds do not fit",
                          "use 0 ≤ stop ≤ start ≤ 1");
    }
    TRY_DO(in_range("prefix padding", settings.prefix_padding, Time{0}, Time{5'000}));
    TRY_DO(in_range("silence", settings.silence, Time{64}, Time{10'000}));
    TRY_DO(in_range("soft end", settings.soft_end, Time{64}, Time{200}));
    TRY_DO(in_range("longest turn", settings.longest_turn, Time{1'000}, Time{3'600'000}));
    if (settings.idle_timeout) {
        TRY_DO(in_range("idle timeout", *settings.idle_timeout, Time{5'000}, Time{30'000}));
    }
    return {};
}

SemanticWaits waits_of(Eagerness eagerness) {
    switch (eagerness) {
        case Eagerness::low:
            return {Time{600}, Time{2'000}, Time{4'000}, Time{8'000}};
        case Eagerness::high:
            return {Time{160}, Time{600}, Time{1'200}, Time{2'000}};
        case Eagerness::medium:
        case Eagerness::automatic:
            break;
    }
    return {Time{288}, Time{1'000}, Time{2'000}, Time{4'000}};
}

TurnTaker::TurnTaker(TurnSettings settings, Time now) : settings_(settings), heard_at_(now) {}

bool TurnTaker::stalled(Time now) const {
    return now - heard_at_ >= kStall;
}

// In the stream's own time, so that audio may come in lumps; by the clock once the stream stopped.
Time TurnTaker::silence(Time now) const {
    const Time streamed = media::time_of(position_ - speech_end_, kHearingHz);
    return stalled(now) ? streamed + (now - heard_at_) : streamed;
}

Decisions TurnTaker::hear(VadWindow window, Time now) {
    Decisions out;
    if (window.first < position_) return out;  // told twice
    // A hole in the stream is silence.
    if (window.first > position_) run_ = 0;
    position_ = window.first + kVadWindow;
    heard_at_ = now;
    if (settings_.mode == TurnMode::manual) return out;

    const bool speech = window.probability >= settings_.start_threshold;
    if (speech && run_ == 0) run_start_ = window.first;
    run_ = speech ? run_ + 1 : 0;
    const bool begins = run_ >= kStartWindows;
    if (state_ == State::listening && begins) start_turn(out);
    if (state_ == State::quiet && begins) {
        out.emplace_back(Reopened{turn_, revision_});
        state_ = State::speaking;
    }
    if (state_ == State::speaking && window.probability >= settings_.stop_threshold) {
        speech_end_ = position_;
    }
    settle(now, out);
    return out;
}

void TurnTaker::start_turn(Decisions& out) {
    ++turn_;
    state_ = State::speaking;
    start_ = std::max(floor_, run_start_ - samples_of(settings_.prefix_padding));
    speech_end_ = position_;
    idle_at_.reset();
    out.emplace_back(SpeechStarted{turn_, start_});
}

void TurnTaker::soft_end(Decisions& out) {
    state_ = State::quiet;
    ++revision_;
    // Only what is known of this revision counts: the words of an earlier pause were fewer.
    text_known_ = text_final_ = false;
    end_probability_.reset();
    out.emplace_back(SoftEnd{turn_, revision_, start_, position_});
}

TurnTaker::Verdict TurnTaker::verdict() const {
    if (text_final_ && text_ == Completeness::nothing) return Verdict::nothing;
    const float ends = end_probability_.value_or(kLikelyEnds);
    const bool surely = ends >= kSurelyEnds;
    const bool hardly = ends < kHardlyEnds;
    if (!text_known_ || text_ == Completeness::nothing) {
        // Nothing is gained by an end before the words: they are what is answered.
        if (surely && !settings_.has_words) return Verdict::complete;
        return hardly ? Verdict::open : Verdict::unclear;
    }
    if (text_ == Completeness::open) return surely ? Verdict::hanging : Verdict::open;
    if (text_ == Completeness::complete) {
        return hardly || doubtful_ ? Verdict::unclear : Verdict::complete;
    }
    if (surely) return Verdict::complete;
    return hardly ? Verdict::hanging : Verdict::unclear;
}

Time TurnTaker::wait() const {
    if (settings_.mode == TurnMode::server_vad)
        return std::max(settings_.silence, settings_.soft_end);
    const SemanticWaits waits = waits_of(settings_.eagerness);
    switch (verdict()) {
        case Verdict::complete:
            return std::max(waits.complete, settings_.soft_end);
        case Verdict::hanging:
            return waits.hanging;
        case Verdict::open:
            return waits.cap;
        case Verdict::nothing:
        case Verdict::unclear:
            break;
    }
    return waits.unclear;
}

TurnEndReason TurnTaker::reason(Time now) const {
    if (stalled(now)) return TurnEndReason::audio_stopped;
    if (settings_.mode == TurnMode::server_vad) return TurnEndReason::silence;
    switch (verdict()) {
        case Verdict::complete:
            return TurnEndReason::complete;
        case Verdict::open:
            return TurnEndReason::cap;
        default:
            return TurnEndReason::silence;
    }
}

// Moves on as far as the silence, the words and the clock allow.
void TurnTaker::settle(Time now, Decisions& out) {
    if (state_ == State::speaking &&
        media::time_of(position_ - start_, kHearingHz) >= settings_.longest_turn) {
        soft_end(out);
        end_turn(TurnEndReason::too_long, out);
        return;
    }
    if (state_ == State::speaking && silence(now) >= settings_.soft_end) soft_end(out);
    if (state_ != State::quiet || silence(now) < wait()) return;
    if (settings_.mode == TurnMode::semantic_vad && verdict() == Verdict::nothing) {
        drop_turn(TurnDropReason::no_words, out);
    } else {
        end_turn(reason(now), out);
    }
}

void TurnTaker::end_turn(TurnEndReason why, Decisions& out) {
    out.emplace_back(TurnEnded{turn_, revision_, start_, position_, why});
    state_ = State::listening;
    floor_ = position_;
    run_ = 0;
}

void TurnTaker::drop_turn(TurnDropReason why, Decisions& out) {
    out.emplace_back(TurnDropped{turn_, why});
    state_ = State::listening;
    run_ = 0;
}

Decisions TurnTaker::transcript(const Transcript& transcript, Time now) {
    Decisions out;
    if (state_ != State::quiet || transcript.revision != revision_) return out;
    text_ = judge_completeness(transcript.text);
    text_known_ = true;
    doubtful_ = transcript.last_word < kGuessed;
    text_final_ = transcript.state == TranscriptState::final;
    settle(now, out);
    return out;
}

Decisions TurnTaker::end_of_turn(EndOfTurn judgement, Time now) {
    Decisions out;
    if (state_ != State::quiet || judgement.revision != revision_) return out;
    end_probability_ = judgement.probability;
    settle(now, out);
    return out;
}

Decisions TurnTaker::playback(Playback state, Time now) {
    Decisions out;
    const bool ended = playback_ != Playback::idle && state == Playback::idle;
    playback_ = state;
    if (state != Playback::idle) idle_at_.reset();
    if (ended && settings_.idle_timeout && state_ == State::listening) {
        idle_at_ = now + *settings_.idle_timeout;
    }
    settle(now, out);
    return out;
}

base::Result<Decisions> TurnTaker::commit(Time now) {
    Decisions out;
    const Samples start = state_ == State::listening ? floor_ : start_;
    if (position_ - start < samples_of(kLeastCommit)) {
        return base::fail(ErrorCode::conflict,
                          fmt::format("there are only {} ms of audio to commit",
                                      media::time_of(position_ - start, kHearingHz).count()),
                          "append at least 100 ms first");
    }
    if (state_ == State::listening) {
        run_start_ = floor_;
        start_turn(out);
    }
    if (state_ == State::speaking) soft_end(out);
    end_turn(TurnEndReason::committed, out);
    heard_at_ = std::max(heard_at_, now);
    return out;
}

Decisions TurnTaker::clear(Time) {
    Decisions out;
    if (state_ != State::listening) drop_turn(TurnDropReason::cleared, out);
    floor_ = position_;
    run_ = 0;
    return out;
}

Decisions TurnTaker::configure(TurnSettings settings, Time now) {
    Decisions out;
    settings_ = settings;
    if (settings_.mode == TurnMode::manual && state_ != State::listening) {
        // Its audio stays: the client may still commit it.
        drop_turn(TurnDropReason::mode_changed, out);
    }
    if (!settings_.idle_timeout) idle_at_.reset();
    settle(now, out);
    return out;
}

Decisions TurnTaker::tick(Time now) {
    Decisions out;
    settle(now, out);
    if (idle_at_ && now >= *idle_at_) {
        idle_at_.reset();
        out.emplace_back(IdleTimeout{position_});
    }
    return out;
}

std::optional<Time> TurnTaker::next_deadline() const {
    if (state_ == State::listening) return idle_at_;
    const Time wanted = state_ == State::speaking ? settings_.soft_end : wait();
    const Time streamed = media::time_of(position_ - speech_end_, kHearingHz);
    return heard_at_ + std::max(kStall, wanted - streamed);
}

}  // namespace voice

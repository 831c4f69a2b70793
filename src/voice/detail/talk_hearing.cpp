// The person's side of a spoken conversation: windows of speech, turns, what was understood.
#include <algorithm>
#include <utility>

#include "voice/detail/talk.hpp"
#include "voice/words.hpp"

namespace voice::detail {
namespace {

constexpr Time kProbabilityEvery{66};
constexpr Time kFirstLook{220};  // after a pause: enough to hold a word
constexpr Time kNextLook{120};
constexpr Samples kKeptWhileIdle = media::samples_in(Time{12'000}, kHearingHz);
constexpr Samples kKeptByHand = media::samples_in(Time{130'000}, kHearingHz);
constexpr Samples kEndOfTurnAudio = media::samples_in(Time{8'000}, kHearingHz);

Time in_time(Samples samples) {
    return media::time_of(samples, kHearingHz);
}

std::string_view name_of(TurnDropReason reason) {
    switch (reason) {
        case TurnDropReason::cleared:
            return "cleared";
        case TurnDropReason::no_words:
            return "no_words";
        case TurnDropReason::mode_changed:
            break;
    }
    return "mode_changed";
}

}  // namespace

void Talk::on_window(VadWindow window) {
    post([this, window] {
        const Time time = now();
        loudest_ = std::max(loudest_, window.probability);
        if (time - probability_told_ >= kProbabilityEvery) {
            probability_told_ = time;
            tell(event::Probability{std::exchange(loudest_, 0.0F), window.level_dbfs});
        }
        // The reply pauses before the turn begins: so it is known that it was spoken to.
        if (settings_.on_speech == OnSpeech::weigh) react(interruption_.hear(window, time));
        follow(taker_.hear(window, time));
        listen_early(window);
        if (commit_at_ && *commit_at_ - ear_->position() < kVadWindow) commit_now();
        forget();
    });
}

// Of the microphone only so much is kept as a turn may still be cut from.
void Talk::forget() {
    if (taker_.in_turn() || !ended_.empty() || recognising_) return;
    const bool by_hand = settings_.turns.mode == TurnMode::manual;
    ear_->forget(ear_->position() - (by_hand ? kKeptByHand : kKeptWhileIdle));
}

void Talk::commit_now() {
    commit_at_.reset();
    const auto decisions = taker_.commit(now());
    if (decisions) {
        follow(*decisions);
    } else {
        fail("commit", decisions.error());
    }
}

void Talk::on_deaf(base::Error error) {
    post([this, error = std::move(error)] { fail("activity", error); });
}

void Talk::follow(const Decisions& decisions) {
    for (const auto& decision : decisions) decide(decision);
}

void Talk::decide(const Decision& decision) {
    if (const auto* started = std::get_if<SpeechStarted>(&decision)) {
        on_started(*started);
    } else if (const auto* soft = std::get_if<SoftEnd>(&decision)) {
        on_soft_end(*soft);
    } else if (const auto* reopened = std::get_if<Reopened>(&decision)) {
        on_reopened(*reopened);
    } else if (const auto* ended = std::get_if<TurnEnded>(&decision)) {
        on_ended(*ended);
    } else if (const auto* dropped = std::get_if<TurnDropped>(&decision)) {
        on_dropped(*dropped);
    } else if (const auto* idle = std::get_if<IdleTimeout>(&decision)) {
        tell(event::IdleTimeout{in_time(idle->at)});
    }
}

void Talk::on_started(const SpeechStarted& started) {
    turn_start_ = started.start;
    tell(event::SpeechStarted{started.turn, in_time(started.start)});
    if (settings_.on_speech == OnSpeech::cancel && floor_) {
        silence(floor_, event::CancelCause::speech);
    }
    // By hand the turn begins for others when it ends; its words may have been read by now.
    if (settings_.turns.mode != TurnMode::manual) prepare({0, started.turn, 0, {}, {}, 1.0});
}

void Talk::on_soft_end(const SoftEnd& end) {
    tell(event::SpeechEnded{end.turn, end.revision, in_time(end.end)});
    Stages& stages = stages_[end.revision];
    const Samples quiet = media::samples_in(settings_.turns.soft_end, kHearingHz);
    stages.speech_end = now() - std::min(now(), in_time(std::min(quiet, end.end - end.start)));
    if (settings_.transcribe) {
        const Listening what{end.turn, end.revision, end.start, end.end};
        if (!take_early(what)) want(what);
    }
    if (engines_.turns != nullptr && settings_.turns.mode == TurnMode::semantic_vad) {
        stop_turn_.request_stop();
        stop_turn_ = {};
        auto audio = ear_->between(std::max(end.start, end.end - kEndOfTurnAudio), end.end);
        tasks_.spawn("end of turn",
                     judge_end(end.revision, std::move(audio), stop_turn_.get_token()));
    }
}

void Talk::on_reopened(const Reopened& reopened) {
    stop_turn_.request_stop();
    stop_preparing();
    std::erase_if(wanted_, [&](const auto& item) { return item.revision == reopened.revision; });
    if (recognising_ && recognising_->revision == reopened.revision) {
        stop_recognising_.request_stop();
    }
    understood_.erase(reopened.revision);
    stages_.erase(reopened.revision);
    tell(event::Reopened{reopened.turn, reopened.revision});
}

void Talk::on_ended(const TurnEnded& ended) {
    stop_turn_.request_stop();
    look_at_.reset();
    stages_[ended.revision].turn_end = now();
    auto audio = std::make_shared<const std::vector<float>>(ear_->between(ended.start, ended.end));
    tell(event::Committed{ended.turn, ended.revision, in_time(ended.start), in_time(ended.end),
                          ended.reason, std::move(audio)});
    if (!settings_.transcribe) return;
    EndedTurn turn{ended, now(), false};
    const auto known = understood_.find(ended.revision);
    if (known != understood_.end()) {
        const auto heard = std::move(known->second);
        understood_.clear();
        conclude(turn, heard);
        return;
    }
    ended_[ended.revision] = turn;
    const bool coming =
        (recognising_ && recognising_->revision == ended.revision) ||
        std::ranges::any_of(wanted_, [&](auto& item) { return item.revision == ended.revision; });
    if (!coming) want({ended.turn, ended.revision, ended.start, ended.end});
}

void Talk::on_dropped(const TurnDropped& dropped) {
    stop_turn_.request_stop();
    stop_preparing();
    look_at_.reset();
    understood_.clear();
    const auto is_void = [&](const Listening& item) {
        return item.turn == dropped.turn && !ended_.contains(item.revision);
    };
    std::erase_if(wanted_, is_void);
    if (recognising_ && is_void(*recognising_)) stop_recognising_.request_stop();
    tell(event::TurnDropped{dropped.turn, name_of(dropped.reason)});
}

// ---- interruption

void Talk::react(const Reactions& reactions) {
    for (const auto& reaction : reactions) {
        if (!floor_) return;
        if (const auto* pause = std::get_if<PausePlayback>(&reaction)) {
            floor_->sound.pause(now());
            if (ear_->echo() != nullptr) ear_->echo()->paused();
            look_at_ = now() + kFirstLook;
            tell(event::Paused{floor_->question.response, pause->fade});
            follow(taker_.playback(Playback::paused, now()));
        } else if (const auto* resumed = std::get_if<ResumePlayback>(&reaction)) {
            resume(*resumed);
        } else {
            const auto reason = std::get<CancelPlayback>(reaction).reason;
            silence(floor_, reason == CancelReason::words ? event::CancelCause::words
                                                          : event::CancelCause::loud_speech);
        }
    }
}

void Talk::resume(const ResumePlayback& resumed) {
    look_at_.reset();
    floor_->sound.resume(now());
    if (ear_->echo() != nullptr) ear_->echo()->resumed();
    tell(event::Resumed{floor_->question.response, resumed.fade, resumed.reason});
    follow(taker_.playback(Playback::playing, now()));
    // That noise was no turn.
    follow(taker_.clear(now()));
}

// While it is decided whether an interruption is meant: what are they saying?
void Talk::look() {
    look_at_.reset();
    if (!interruption_.paused() || recognising_ || !settings_.transcribe) return;
    if (taker_.in_turn()) want({0, 0, turn_start_, ear_->position()});
}

// ---- recognising

void Talk::want(Listening what) {
    // The newest says all that an older one of the same turn would; a turn that is over waits for
    // its words, though.
    const auto replaced = [&](const Listening& item) { return !ended_.contains(item.revision); };
    std::erase_if(wanted_, replaced);
    if (recognising_ && replaced(*recognising_)) stop_recognising_.request_stop();
    wanted_.push_back(what);
    early_.listened();
    recognise_next();
}

void Talk::recognise_next() {
    if (recognising_ || wanted_.empty() || closing_) return;
    recognising_ = wanted_.front();
    wanted_.pop_front();
    stop_recognising_ = {};
    recognise_until_ = now() + settings_.engine_timeout;
    recognise_late_ = false;
    auto audio = ear_->between(recognising_->start, recognising_->end);
    tasks_.spawn("recogniser", recognise(std::move(audio), stop_recognising_.get_token()));
}

async::Task<void> Talk::recognise(std::vector<float> audio, std::stop_token stop) {
    const auto began = clock_.steady();
    base::Result<ports::Transcript> result =
        base::fail(base::ErrorCode::unavailable, "there is nothing that understands speech",
                   "`loci models pull` a recogniser");
    if (engines_.recogniser != nullptr) {
        ports::ListenRequest request{std::move(audio), settings_.language, settings_.vocabulary,
                                     settings_.phrase};
        auto listening = engines_.recogniser->transcribe(std::move(request), stop);
        result = co_await std::move(listening);
    }
    const std::chrono::duration<double, std::milli> took = clock_.steady() - began;
    const bool late =
        !result && result.error().code == base::ErrorCode::cancelled && recognise_late_;
    if (late) {
        result = base::fail(base::ErrorCode::timeout, "the recogniser did not answer in time");
    }
    post([this, result = std::move(result), ms = took.count()] { on_recognised(result, ms); });
}

void Talk::on_recognised(base::Result<ports::Transcript> result, double ms) {
    // It may have become that of a turn which ended meanwhile.
    const Listening what = *recognising_;
    recognising_.reset();
    if (closing_) return;
    if (result) early_.took(Time{static_cast<int>(ms)});
    const auto stages = stages_.find(what.revision);
    if (stages != stages_.end()) stages->second.recogniser_ms = ms;
    if (result) {
        on_understood(what, *result);
    } else if (result.error().code != base::ErrorCode::cancelled ||
               ended_.contains(what.revision)) {
        on_not_understood(what, result.error());
    }
    if (interruption_.paused() && !look_at_) look_at_ = now() + kNextLook;
    recognise_next();
}

void Talk::on_understood(const Listening& what, const ports::Transcript& heard) {
    const std::string text = heard.no_speech ? std::string() : heard.text;
    if (settings_.on_speech == OnSpeech::weigh) react(interruption_.transcript(text, now()));
    if (what.revision == 0) {
        if (what.turn != 0) on_heard_so_far(what, heard);
        return;
    }
    const auto over = ended_.find(what.revision);
    if (over != ended_.end()) {
        const EndedTurn turn = over->second;
        ended_.erase(over);
        conclude(turn, heard);
        return;
    }
    const bool current = taker_.in_turn() && stages_.contains(what.revision);
    if (!current) return;
    understood_[what.revision] = heard;
    tell(event::Transcript{what.turn, what.revision, false, heard});
    // Not every recogniser tells; none is sure of nothing at all.
    const double told = heard.words.empty() ? 0 : heard.words.back().confidence;
    const double last_word = told > 0 ? told : 1;
    follow(taker_.transcript({what.revision, text, TranscriptState::final, last_word}, now()));
    if (taker_.in_turn() && !words_of(text).empty()) {
        prepare({0, what.turn, what.revision, text, heard.language, heard.confidence});
    }
}

void Talk::on_not_understood(const Listening& what, base::Error error) {
    const auto over = ended_.find(what.revision);
    if (over != ended_.end() && !over->second.tried_again) {
        // A crashed engine is started anew by the next call.
        over->second.tried_again = true;
        if (error.code != base::ErrorCode::cancelled) fail("recogniser", error);
        wanted_.push_front(
            {what.turn, what.revision, over->second.end.start, over->second.end.end});
        return;
    }
    // What listens early says nothing of it: whoever listens next will.
    const bool early = what.revision == 0 && what.turn != 0;
    if (!early) fail("recogniser", error);
    if (over == ended_.end()) return;
    ended_.erase(over);
    stages_.erase(what.revision);
    tell(event::TranscriptFailed{what.turn, std::move(error)});
}

async::Task<void> Talk::judge_end(Revision revision, std::vector<float> audio,
                                  std::stop_token stop) {
    auto judging = engines_.turns->finished(std::move(audio), stop);
    const auto chance = co_await std::move(judging);
    // Without it words and silence decide.
    if (!chance) co_return;
    post([this, revision, chance = *chance] {
        if (!closing_) follow(taker_.end_of_turn({revision, chance}, now()));
    });
}

// Also for words in mid-sentence: what follows them begins with them.
void Talk::prepare(Question partial) {
    if (!settings_.create_response || !settings_.transcribe || floor_) return;
    stop_preparing();
    tasks_.spawn("prepare", responder_.prepare(std::move(partial), stop_prepare_.get_token()));
}

void Talk::stop_preparing() {
    stop_prepare_.request_stop();
    stop_prepare_ = {};
}

// Does the reply under way give way to these words?
bool Talk::gives_way(const std::string& text) {
    if (!interruption_.meant(text)) return false;
    silence(floor_, event::CancelCause::words);
    return true;
}

void Talk::conclude(EndedTurn turn, const ports::Transcript& heard) {
    stop_preparing();
    const TurnEnded& end = turn.end;
    Stages stages = stages_[end.revision];
    stages_.erase(stages_.begin(), stages_.upper_bound(end.revision));
    tell(event::Transcript{end.turn, end.revision, true, heard});
    const bool nothing = heard.no_speech || words_of(heard.text).empty();
    if (nothing) tell(event::TurnDropped{end.turn, "no_words"});
    if (nothing || !settings_.create_response) return;
    Question question{0, end.turn, end.revision, heard.text, heard.language, heard.confidence};
    if (floor_ && settings_.on_speech == OnSpeech::ignore) {
        after_ = std::move(question);
        return;
    }
    if (floor_ && !gives_way(heard.text)) {
        tell(event::TurnDropped{end.turn, "not_meant"});
        return;
    }
    stages.asked = now();
    ResponseOrder order;
    const ResponseId id = next_response_++;
    if (heard.confidence < settings_.least_confidence && !settings_.say_again.empty()) {
        question.text = settings_.say_again;
        order.by = &uncertain_;
    }
    floor_ = begin(std::move(question), order, id);
    floor_->stages = stages;
}

}  // namespace voice::detail

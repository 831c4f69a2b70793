#include "voice/detail/talk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace voice::detail {
namespace {

TurnSettings turns_of(const ConversationSettings& settings) {
    TurnSettings turns = settings.turns;
    turns.has_words = settings.transcribe;
    return turns;
}

constexpr Time kClockStep{40};         // of the estimated player
constexpr Time kPlayerSilent{10'000};  // no report for so long: the player has stopped
constexpr Time kPlayerCheck{1'000};

}  // namespace

Talk::Talk(Parts parts, ConversationSettings settings, media::Resampler resampler,
           std::optional<OwnEcho> echo)
    : executor_(parts.executor),
      clock_(parts.clock),
      engines_(parts.engines),
      rates_(parts.rates),
      settings_(std::move(settings)),
      responder_(parts.responder),
      listener_(std::move(parts.listener)),
      began_(clock_.steady()),
      ear_(std::make_shared<Ear>(clock_, engines_.activity, std::move(resampler), std::move(echo),
                                 static_cast<Ear::Listener&>(*this))),
      taker_(turns_of(settings_), Time{0}),
      interruption_(settings_.interruption),
      tasks_(std::move(parts.executor)) {}

Talk::~Talk() {
    ear_->close();
}

void Talk::start() {
    ear_->start(executor_);
}

Time Talk::now() const {
    return std::chrono::duration_cast<Time>(clock_.steady() - began_);
}

void Talk::post(std::function<void()> message) {
    mailbox_.push_back(std::move(message));
    if (busy_) return;
    busy_ = true;
    while (!mailbox_.empty()) {
        const auto next = std::move(mailbox_.front());
        mailbox_.pop_front();
        next();
        after_each();
    }
    busy_ = false;
}

void Talk::after_each() {
    if (closing_) return;
    pump();
    const auto state = current_state();
    if (state != state_) {
        state_ = state;
        tell(event::StateChanged{state});
    }
    rearm();
}

void Talk::tell(event::Any what) {
    listener_(now(), what);
}

void Talk::fail(std::string_view stage, base::Error error) {
    tell(event::Failure{stage, std::move(error)});
}

event::State Talk::current_state() const {
    if (floor_ && floor_->sound.paused()) return event::State::interrupted;
    if (taker_.in_turn() && !(audible() && settings_.on_speech == OnSpeech::ignore)) {
        return event::State::hearing;
    }
    if (audible()) return event::State::speaking;
    if (floor_ || !ended_.empty()) return event::State::thinking;
    return event::State::listening;
}

std::optional<Time> Talk::next_deadline() const {
    std::optional<Time> next;
    const auto consider = [&](std::optional<Time> at) {
        if (at && (!next || *at < *next)) next = at;
    };
    consider(taker_.next_deadline());
    consider(interruption_.next_deadline());
    consider(look_at_);
    if (recognising_ && !recognise_late_) consider(recognise_until_);
    if (floor_) {
        consider(floor_->voice_until);
        const bool plays = audible() && !floor_->sound.paused();
        if (plays) consider(now() + (settings_.reports_playback ? kPlayerCheck : kClockStep));
    }
    for (const auto& reply : going_) {
        if (reply->settle_at && *reply->settle_at > Time{0}) consider(reply->settle_at);
    }
    return next;
}

void Talk::rearm() {
    const auto next = next_deadline();
    if (!next || (armed_ && *armed_ <= *next)) return;
    stop_sleep_.request_stop();
    stop_sleep_ = {};
    armed_ = std::max(*next, now() + Time{1});
    tasks_.spawn("voice time", sleep_until(*armed_, stop_sleep_.get_token()));
}

async::Task<void> Talk::sleep_until(Time deadline, std::stop_token stop) {
    auto sleeping = clock_.sleep_for(deadline - now(), stop);
    const bool came = co_await std::move(sleeping);
    if (!came || closing_ || stop.stop_requested()) co_return;
    armed_.reset();
    post([this] { tick(); });
}

void Talk::tick() {
    const Time time = now();
    follow(taker_.tick(time));
    react(interruption_.tick(time));
    if (look_at_ && time >= *look_at_) look();
    if (recognising_ && !recognise_late_ && time >= recognise_until_) {
        recognise_late_ = true;
        stop_recognising_.request_stop();
    }
    if (floor_ && floor_->voice_until && time >= *floor_->voice_until) {
        floor_->voice_until.reset();
        floor_->voice_late = true;
        floor_->stop_voice.request_stop();
    }
    const auto going = going_;
    for (const auto& reply : going) settle(reply);
    const bool stuck = settings_.reports_playback && audible() && !floor_->sound.paused() &&
                       !floor_->sound.all_played() &&
                       time - floor_->sound.moved_at() >= kPlayerSilent;
    if (stuck) {
        fail("player", base::make_error(base::ErrorCode::timeout,
                                        "the page has stopped playing the companion's voice",
                                        "click the page once, so that it may play sound"));
        silence(floor_, event::CancelCause::failed);
    }
}

bool Talk::hear(std::span<const float> samples) {
    const bool taken = ear_->hear(samples);
    if (ear_->echo() != nullptr && ear_->echo()->unreported() && !echo_told_) {
        echo_told_ = true;
        post([this] {
            fail("echo", base::make_error(base::ErrorCode::unavailable,
                                          "the companion's voice cannot be taken out of what the "
                                          "microphone hears: it is not told what is played",
                                          "send voice.played about every 100 ms while it plays, "
                                          "use headphones, or cancel the echo in the client"));
        });
    }
    return taken;
}

async::Task<bool> Talk::room(std::stop_token stop) {
    auto waiting = ear_->room(std::move(stop));
    const bool there_is = co_await std::move(waiting);
    co_return there_is;
}

void Talk::commit() {
    post([this, until = ear_->received()] {
        commit_at_ = until;
        if (until - ear_->position() < kVadWindow) commit_now();
    });
}

void Talk::clear() {
    post([this] {
        commit_at_.reset();
        follow(taker_.clear(now()));
    });
}

base::Result<ResponseId> Talk::respond(ResponseOrder order) {
    if (floor_) {
        return base::fail(base::ErrorCode::conflict, "the companion is already answering",
                          "stop that first");
    }
    const ResponseId id = next_response_++;
    post([this, id, order = std::move(order)] {
        if (floor_) return;  // a turn ended in the meantime
        Question question;
        question.text = order.text;
        floor_ = begin(std::move(question), order, id);
    });
    return id;
}

base::Result<void> Talk::cancel(std::optional<ResponseId> response) {
    const bool there = floor_ && (!response || floor_->question.response == *response);
    if (!there) {
        return base::fail(base::ErrorCode::not_found, "the companion is not speaking");
    }
    post([this, reply = floor_] {
        if (floor_ == reply) silence(reply, event::CancelCause::asked);
    });
    return {};
}

void Talk::played(ResponseId response, Time heard) {
    if (ear_->echo() != nullptr) ear_->echo()->played(response, heard);
    post([this, response, heard] {
        if (floor_ && floor_->question.response == response) {
            floor_->sound.report(heard, now());
            floor_->drained.set();
        }
        const auto going = going_;
        for (const auto& reply : going) {
            if (reply->question.response != response) continue;
            reply->sound.report(heard, now());
            reply->settle_at = now();
            settle(reply);
        }
    });
}

base::Result<void> Talk::configure(ConversationSettings settings) {
    TRY_DO(check(settings));
    settings.reports_playback = settings_.reports_playback;
    settings.cancels_echo = settings_.cancels_echo;
    post([this, changed = std::move(settings)] {
        settings_ = changed;
        follow(taker_.configure(turns_of(settings_), now()));
    });
    return {};
}

async::Task<void> Talk::close() {
    ear_->close();
    if (floor_) silence(floor_, event::CancelCause::asked);
    closing_ = true;
    stop_sleep_.request_stop();
    stop_recognising_.request_stop();
    stop_turn_.request_stop();
    stop_prepare_.request_stop();
    const auto going = going_;
    for (const auto& reply : going) {
        reply->settle_at = Time{0};
        settle(reply);
    }
    tasks_.request_stop();
    co_await tasks_.close();
    listener_ = [](Time, const event::Any&) {};
}

}  // namespace voice::detail

namespace voice {

base::Result<void> check(const ConversationSettings& settings) {
    TRY_DO(check(settings.turns));
    const auto within = [](std::string_view name, double value, double low, double high) {
        if (value >= low && value <= high) return base::Result<void>{};
        return base::Result<void>(base::fail(base::ErrorCode::invalid_argument,
                                             fmt::format("{} of {}", name, value),
                                             fmt::format("use {} to {}", low, high)));
    };
    TRY_DO(within("speed", settings.speed, 0.5, 2.0));
    TRY_DO(within("the least confidence", settings.least_confidence, 0.0, 1.0));
    TRY_DO(within("the lead in ms", static_cast<double>(settings.lead.count()), 0, 60'000));
    if (settings.cancels_echo && !settings.reports_playback) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "cancelling the echo of a client that does not report what it plays",
                          "set reports_playback, too");
    }
    return within("the engines' timeout in ms",
                  static_cast<double>(settings.engine_timeout.count()), 100, 600'000);
}

base::Result<std::unique_ptr<Conversation>> Conversation::make(Parts parts,
                                                               ConversationSettings settings) {
    const ConversationRates rates = parts.rates;
    TRY_DO(check(settings));
    TRY(resampler, media::Resampler::make(rates.input_hz, kHearingHz));
    if (rates.output_hz < media::kMinRateHz || rates.output_hz > media::kMaxRateHz) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("an output rate of {} Hz", rates.output_hz),
                          "use 8000 to 48000");
    }
    std::optional<OwnEcho> echo;
    if (settings.cancels_echo) {
        TRY(made, OwnEcho::make(rates.output_hz));
        echo = std::move(made);
    }
    auto talk = std::make_unique<detail::Talk>(std::move(parts), std::move(settings),
                                               std::move(resampler), std::move(echo));
    talk->start();
    return std::unique_ptr<Conversation>(std::move(talk));
}

}  // namespace voice

// The companion's side of a spoken conversation: answers as text, their beginning and their end.
#include <algorithm>
#include <utility>

#include "voice/detail/talk.hpp"

namespace voice::detail {
namespace {

constexpr std::size_t kLongestReply = 65'536;
// After a cancel the player says once more how far it came; so long it is waited for.
constexpr Time kLastReport{250};

}  // namespace

async::Task<base::Result<void>> SayText::answer(Question question, ReplySink& sink,
                                                std::stop_token stop) {
    if (!stop.stop_requested()) static_cast<void>(sink.on_text(question.text));
    co_return base::Result<void>{};
}

class Talk::Gate final : public ReplySink {
public:
    Gate(Talk& talk, ReplyPtr reply) : talk_(talk), reply_(std::move(reply)) {}

    [[nodiscard]] bool on_text(std::string_view delta) override {
        if (reply_->cancelled || reply_->text.size() > kLongestReply) return false;
        talk_.post([&talk = talk_, reply = reply_, text = std::string(delta)] {
            talk.on_text(reply, text);
        });
        return true;
    }
    [[nodiscard]] bool on_restart() override {
        if (reply_->sound.audible()) return false;
        talk_.post([&talk = talk_, reply = reply_] { talk.restart(reply); });
        return true;
    }

private:
    Talk& talk_;
    ReplyPtr reply_;
};

ReplyPtr Talk::begin(Question question, const ResponseOrder& order, ResponseId id) {
    question.response = id;
    auto reply = std::make_shared<Reply>(id, rates_.output_hz, settings_.reports_playback);
    reply->question = std::move(question);
    reply->by = order.by != nullptr ? order.by : &responder_;
    reply->voice = order.voice.value_or(settings_.voice);
    reply->speed = order.speed.value_or(settings_.speed);
    reply->stages.asked = now();
    auto previous = std::exchange(last_, reply);
    tell(event::ResponseStarted{id, reply->question.turn});
    tasks_.spawn("answer", answer(reply, std::move(previous)));
    return reply;
}

async::Task<void> Talk::answer(ReplyPtr reply, ReplyPtr previous) {
    if (previous) {
        // History has to hold what was heard of the reply before.
        const bool known = co_await previous->closed.wait();
        static_cast<void>(known);
        previous.reset();
    }
    const bool asked = !reply->cancelled;
    base::Result<void> result;
    if (asked) {
        Gate gate(*this, reply);
        auto answering = reply->by->answer(reply->question, gate, reply->stop.get_token());
        result = co_await std::move(answering);
    }
    post([this, reply, result] { on_text_over(reply, result); });
    const bool over = co_await reply->sound_over.wait();
    if (over && asked) {
        auto telling = reply->by->ended(ending_of(*reply));
        co_await std::move(telling);
    }
    reply->closed.set();
}

void Talk::on_text(const ReplyPtr& reply, std::string delta) {
    if (reply->cancelled || delta.empty()) return;
    reply->text += delta;
    take_pieces(reply, reply->cutter.feed(delta));
    tell(event::ResponseText{reply->question.response, std::move(delta)});
}

void Talk::restart(const ReplyPtr& reply) {
    if (reply->cancelled) return;
    reply->text.clear();
    reply->cutter = ClauseCutter();
    reply->pieces.clear();
    reply->sound = Spoken(reply->question.response, rates_.output_hz, settings_.reports_playback);
    reply->stop_voice.request_stop();
    ++reply->round;
    tell(event::ResponseRestarted{reply->question.response});
}

void Talk::take_pieces(const ReplyPtr& reply, std::vector<Piece> pieces) {
    for (auto& piece : pieces) {
        if (piece.spoken.empty() || reply->voice_broken) continue;
        if (reply->stages.first_piece == Time{0}) reply->stages.first_piece = now();
        reply->pieces.push_back(std::move(piece));
    }
    if (reply->speaking || reply->cancelled || reply->pieces.empty()) return;
    reply->speaking = true;
    tasks_.spawn("voice", speak(reply));
}

void Talk::on_text_over(const ReplyPtr& reply, base::Result<void> result) {
    reply->text_over = true;
    if (!result && !reply->cancelled) {
        reply->error = result.error();
        fail("responder", result.error());
    }
    if (reply->cancelled) {
        settle(reply);
    } else {
        take_pieces(reply, reply->cutter.finish());
    }
}

// What was not played never will be; the responder is told as soon as it is known what was heard.
void Talk::silence(ReplyPtr reply, event::CancelCause cause) {
    if (reply->cancelled || reply->finished) return;
    reply->sound.estimate(now());
    reply->cancelled = true;
    reply->stop.request_stop();
    reply->stop_voice.request_stop();
    reply->pieces.clear();
    reply->sound.drop_unsent();
    if (ear_->echo() != nullptr) ear_->echo()->over(reply->question.response);
    reply->drained.set();
    look_at_.reset();
    const bool heard = settings_.reports_playback && reply->sound.audible();
    reply->settle_at = heard ? now() + kLastReport : now();
    tell(event::Cancelled{reply->question.response, settings_.interruption.fade, cause});
    going_.push_back(reply);
    floor_.reset();
    interruption_.playback_ended();
    follow(taker_.playback(Playback::idle, now()));
    settle(reply);
}

void Talk::settle(const ReplyPtr& reply) {
    const bool settled = reply->settle_at && now() >= *reply->settle_at;
    if (!settled) return;
    if (!reply->text_over) {
        // Its text stops soon; there is nothing to wait for by the clock any more.
        reply->settle_at = Time{0};
        return;
    }
    finish(reply);
}

Ending Talk::ending_of(const Reply& reply) const {
    Ending ending;
    ending.response = reply.question.response;
    ending.turn = reply.question.turn;
    ending.text = reply.text;
    ending.heard = reply.sound.heard();
    ending.status = reply.cancelled ? ResponseStatus::interrupted
                    : reply.error   ? ResponseStatus::failed
                                    : ResponseStatus::completed;
    ending.heard_text = std::string(heard_text(reply.text, ending.heard));
    return ending;
}

void Talk::finish(ReplyPtr reply) {
    if (reply->finished) return;
    reply->finished = true;
    reply->settle_at.reset();
    tell(event::ResponseDone{ending_of(*reply), reply->error});
    reply->sound.end();
    if (ear_->echo() != nullptr) ear_->echo()->over(reply->question.response);
    std::erase(going_, reply);
    reply->sound_over.set();
    if (floor_ != reply) return;
    floor_.reset();
    interruption_.playback_ended();
    follow(taker_.playback(Playback::idle, now()));
    if (!after_) return;
    Question question = std::move(*after_);
    after_.reset();
    const ResponseId id = next_response_++;
    floor_ = begin(std::move(question), {}, id);
}

}  // namespace voice::detail

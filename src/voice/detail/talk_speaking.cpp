// The companion's voice: pieces of a reply become sound and go out as the player needs them.
#include <algorithm>
#include <utility>

#include "voice/detail/talk.hpp"

namespace voice::detail {
namespace {

constexpr Time kMadeAhead{4'000};  // made beyond what was played; then the voice waits

}  // namespace

class Talk::Segments final : public ports::SpeechSink {
public:
    Segments(Talk& talk, ReplyPtr reply, const Piece& piece)
        : talk_(talk), reply_(std::move(reply)), piece_(piece), round_(reply_->round) {}

    [[nodiscard]] bool on_segment(ports::SpeechSegment segment) override {
        const bool wanted = !reply_->cancelled && reply_->round == round_;
        if (!wanted) return false;
        ++count_;
        talk_.post([&talk = talk_, reply = reply_, piece = piece_, round = round_,
                    made = std::move(segment)] {
            if (!reply->cancelled && reply->round == round) talk.on_segment(reply, piece, made);
        });
        return true;
    }
    [[nodiscard]] int count() const { return count_; }

private:
    Talk& talk_;
    ReplyPtr reply_;
    const Piece& piece_;
    int round_;
    int count_ = 0;
};

async::Task<void> Talk::speak(ReplyPtr reply) {
    while (!reply->cancelled && !reply->pieces.empty()) {
        if (reply->sound.ahead() > settings_.lead + kMadeAhead && settings_.lead != Time{0}) {
            reply->drained.reset();
            const bool room = co_await reply->drained.wait();
            if (!room) break;
            continue;
        }
        Piece piece = std::move(reply->pieces.front());
        reply->pieces.pop_front();
        const int round = reply->round;
        auto speaking = speak_piece(reply, std::move(piece));
        const auto spoken = co_await std::move(speaking);
        const bool broken = !spoken && !reply->cancelled && round == reply->round;
        if (!broken) continue;
        post([this, reply, error = spoken.error()] {
            reply->voice_broken = true;
            reply->pieces.clear();
            reply->error = error;
            fail("voice", error);
        });
        break;
    }
    // Behind the segments in the mailbox: the reply may be complete then.
    post([this, reply] {
        reply->speaking = false;
        take_pieces(reply, {});
    });
}

async::Task<base::Result<void>> Talk::speak_piece(ReplyPtr reply, Piece piece) {
    if (engines_.voice == nullptr) {
        co_return base::fail(base::ErrorCode::unavailable, "there is no voice",
                             "read the answer; `loci doctor` says what the voice lacks");
    }
    base::Result<void> result;
    // A crashed engine is started anew by the next call: a piece of which nothing was heard is said
    // once more.
    for (int attempt = 0; attempt < 2; ++attempt) {
        Segments segments(*this, reply, piece);
        reply->stop_voice = {};
        reply->voice_late = false;
        reply->voice_until = now() + settings_.engine_timeout;
        ports::SpeakRequest request{piece.spoken, reply->voice, reply->speed};
        auto speaking =
            engines_.voice->speak(std::move(request), segments, reply->stop_voice.get_token());
        result = co_await std::move(speaking);
        reply->voice_until.reset();
        if (!result && reply->voice_late) {
            result = base::fail(base::ErrorCode::timeout, "the voice did not answer in time",
                                "it is tried again with the next reply");
        }
        const bool again = !result && !reply->cancelled && segments.count() == 0 &&
                           result.error().code == base::ErrorCode::engine_crashed;
        if (!again) break;
    }
    co_return result;
}

void Talk::on_segment(const ReplyPtr& reply, const Piece& piece,
                      const ports::SpeechSegment& segment) {
    const auto added = reply->sound.add(piece, segment);
    if (added) return;
    reply->voice_broken = true;
    reply->error = added.error();
    reply->pieces.clear();
    fail("voice", added.error());
}

// Hands out what the player needs, and sees when a reply is complete.
void Talk::pump() {
    if (!floor_) return;
    const ReplyPtr reply = floor_;
    reply->sound.estimate(now());
    // A person who goes on talking while it is thought about their words is not talked over.
    const bool hold =
        !reply->sound.audible() && taker_.in_turn() && settings_.on_speech != OnSpeech::ignore;
    if (!hold) {
        const bool silent_before = !reply->sound.audible();
        std::vector<event::Any> out;
        reply->sound.release(now(), settings_.lead, out);
        for (auto& item : out) {
            if (const auto* segment = std::get_if<event::Segment>(&item)) {
                interruption_.saying(segment->spoken);
            }
            const auto* audio = std::get_if<event::Audio>(&item);
            if (audio != nullptr && ear_->echo() != nullptr) {
                ear_->echo()->sent(audio->response, audio->pcm);
            }
            tell(std::move(item));
        }
        if (silent_before && reply->sound.audible()) on_first_sound(reply);
    }
    if (reply->sound.ahead() <= settings_.lead + kMadeAhead) reply->drained.set();
    const bool made = reply->text_over && !reply->speaking && reply->pieces.empty();
    if (!made || !reply->sound.all_out()) return;
    if (!reply->written) {
        reply->written = true;
        tell(event::ResponseWritten{reply->question.response});
    }
    if (reply->sound.all_played()) finish(reply);
}

void Talk::on_first_sound(const ReplyPtr& reply) {
    interruption_.playback_started();
    follow(taker_.playback(Playback::playing, now()));
    const Stages& stages = reply->stages;
    if (!reply->question.turn) return;
    const auto ms = [](Time from, Time to) { return static_cast<double>((to - from).count()); };
    const Time first_piece = std::max(stages.first_piece, stages.asked);
    tell(event::Latency{*reply->question.turn,
                        {{"endpoint", ms(stages.speech_end, stages.turn_end)},
                         {"recogniser", stages.recogniser_ms},
                         {"model", ms(stages.asked, first_piece)},
                         {"voice", ms(first_piece, now())},
                         {"first_sound", ms(stages.speech_end, now())}}});
}

}  // namespace voice::detail

// The route /ws/voice, and what a page is told of its spoken conversation (docs/voice-protocol.md).
#include <utility>

#include "api/app/rows.hpp"
#include "api/app/voice_connection.hpp"
#include "api/app/voice_frames.hpp"
#include "base/log.hpp"

namespace app {
namespace {

namespace event = voice::event;

constexpr std::size_t kMostFrame = std::size_t{256} * 1024;  // 5 s at 24 kHz: pages send 20–40 ms
constexpr std::size_t kMostQueued = std::size_t{4} * 1024 * 1024;  // 40 s of speech
constexpr int kNoSpeech = 4004;

async::Task<void> serve(AppContext& context, VoiceTabs& tabs,
                        std::shared_ptr<http::WebSocket> socket) {
    if (context.speech == nullptr) {
        socket->close(kNoSpeech, "this server was started without its engine");
        co_return;
    }
    auto connection = std::make_shared<VoiceConnection>(context, tabs, std::move(socket));
    auto running = connection->run();
    co_await std::move(running);
}

}  // namespace

void VoiceConnection::on_claimed(const std::string& tab) {
    const bool speaks = tabs_.speaks(*tab_);
    if (!speaks) {
        const auto cancelled = conversation_->cancel(std::nullopt);
        static_cast<void>(cancelled);  // when nothing sounds, there is nothing to silence
        conversation_->clear();
    }
    send(protocol::VoiceClaimed{tab});
}

// The page learns of a response when its place in the conversation is known.
void VoiceConnection::announce(voice::ResponseId response) {
    const auto known = announced_.find(response);
    if (known == announced_.end() || known->second) return;
    known->second = true;
    protocol::VoiceResponseStarted started;
    started.response = static_cast<long long>(response);
    if (const auto* place = responder_.place(response)) {
        started.session_id = place->session.str();
        started.turn_id = place->turn.str();
    }
    send(started);
}

void VoiceConnection::on_event(voice::Time at, const event::Any& what) {
    if (mode_ == protocol::VoiceMode::wake) follow_wake(at, what);
    if (const auto* started = std::get_if<event::ResponseStarted>(&what)) {
        announced_[started->response] = false;
        return;
    }
    if (const auto* failure = std::get_if<event::Failure>(&what)) {
        LOG_WARN("voice", "a stage failed", {"stage", failure->stage},
                 {"code", base::to_string(failure->error.code)},
                 {"reason", failure->error.message});
        // A reply that failed is shown in the conversation itself.
        if (failure->stage != "responder") send_error(failure->error);
        return;
    }
    if (const auto* audio = std::get_if<event::Audio>(&what)) {
        if (!closed_) static_cast<void>(socket_->send_binary(to_bytes(*audio)));
        return;
    }
    if (const auto* text = std::get_if<event::ResponseText>(&what)) {
        announce(text->response);
        written_[text->response].add(text->delta);
    }
    if (const auto* again = std::get_if<event::ResponseRestarted>(&what)) {
        written_[again->response].restart();
    }
    const auto* segment = std::get_if<event::Segment>(&what);
    if (segment != nullptr) announce(segment->response);
    if (const auto* cancelled = std::get_if<event::Cancelled>(&what)) {
        announce(cancelled->response);
    }
    const auto* done = std::get_if<event::ResponseDone>(&what);
    if (done != nullptr) announce(done->ending.response);
    const bool quiet = std::holds_alternative<event::StateChanged>(what) && !awake_;
    if (!quiet) {
        auto frame = to_frame(at, what, rates_.output_hz);
        // Only what stands in a conversation has places there.
        if (segment != nullptr && frame && responder_.place(segment->response) != nullptr) {
            std::get<protocol::VoiceSegment>(*frame).marks =
                written_[segment->response].marks(*segment, rates_.output_hz);
        }
        if (frame) send(*frame);
    }
    if (done != nullptr) {
        announced_.erase(done->ending.response);
        written_.erase(done->ending.response);
    }
}

// ---- mode wake

void VoiceConnection::set_awake(bool awake) {
    awake_ = awake;
    stop_window_.request_stop();
    settings_.create_response = awake;
    settings_.phrase = awake ? std::string() : wake_.phrase;
    const auto configured = conversation_->configure(settings_);
    if (!configured) send_error(configured.error());
    send(protocol::VoiceStateChanged{
        awake ? protocol::VoiceState::listening : protocol::VoiceState::asleep, 0});
}

void VoiceConnection::follow_wake(voice::Time, const event::Any& what) {
    if (const auto* transcript = std::get_if<event::Transcript>(&what)) {
        if (!awake_ && transcript->final) on_wake_transcript(*transcript);
        return;
    }
    if (!awake_) return;
    const bool busy = std::holds_alternative<event::SpeechStarted>(what) ||
                      std::holds_alternative<event::ResponseStarted>(what);
    if (busy) stop_window_.request_stop();
    const bool quiet_again = std::holds_alternative<event::ResponseDone>(what) ||
                             std::holds_alternative<event::TurnDropped>(what);
    if (!quiet_again) return;
    stop_window_.request_stop();
    stop_window_ = {};
    tasks_.spawn("listen window", listen_window(stop_window_.get_token()));
}

void VoiceConnection::on_wake_transcript(const event::Transcript& transcript) {
    const auto rest = phrase_.match(transcript.heard.text, transcript.heard.phrase_fit,
                                    transcript.heard.wake_score);
    if (!rest) return;
    const auto now = std::chrono::duration_cast<voice::Time>(context_.chat.clock.steady());
    if (woken_at_ && now - *woken_at_ < wake_.cooldown) return;
    woken_at_ = now;
    LOG_INFO("voice", "woken by its phrase", {"socket", socket_->request().id.str()});
    set_awake(true);
    if (rest->empty()) {
        say("Yes?", {}, {});
        return;
    }
    voice::ResponseOrder order;
    order.text = *rest;
    const auto begun = conversation_->respond(std::move(order));
    if (!begun) send_error(begun.error());
}

async::Task<void> VoiceConnection::listen_window(std::stop_token stop) {
    const auto self = shared_from_this();
    auto waiting = context_.chat.clock.sleep_for(wake_.listen, stop);
    const bool over = co_await std::move(waiting);
    if (!over || closed_ || stop.stop_requested()) co_return;
    fall_asleep();
}

void VoiceConnection::fall_asleep() {
    if (mode_ == protocol::VoiceMode::wake && awake_) set_awake(false);
}

void add_voice_socket(Endpoints& rows, AppContext& context) {
    Endpoint socket;
    socket.about = {.method = "GET",
                    .path = "/ws/voice",
                    .summary =
                        "The WebSocket of speech: commands, events and audio of "
                        "protocol/voice.schema.json. Closes with 4001 without the key",
                    .access = http::Access::open,
                    .statuses = {101}};
    socket.socket = {.max_frame = kMostFrame, .max_queue = kMostQueued};
    auto tabs = std::make_shared<VoiceTabs>();
    socket.run = [&context, tabs](std::shared_ptr<http::WebSocket> opened) {
        return serve(context, *tabs, std::move(opened));
    };
    rows.push_back(std::move(socket));
}

}  // namespace app

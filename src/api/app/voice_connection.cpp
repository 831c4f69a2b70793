#include "api/app/voice_connection.hpp"

#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "api/app/voice_frames.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "protocol/codec.hpp"
#include "protocol/voice_codec.hpp"

namespace app {
namespace {

constexpr int kVoiceLogin = 4001;
constexpr int kVoiceStale = 4002;
constexpr int kVoiceHello = 4003;
constexpr std::size_t kMostTryText = 300;

base::Result<voice::Eagerness> eagerness_of(const std::string& name) {
    if (name == "low") return voice::Eagerness::low;
    if (name == "medium") return voice::Eagerness::medium;
    if (name == "high") return voice::Eagerness::high;
    if (name == "auto" || name.empty()) return voice::Eagerness::automatic;
    return base::fail(base::ErrorCode::invalid_argument,
                      fmt::format("`eagerness` of \"{}\"", base::shorten(name, 20)),
                      "use low, medium, high or auto");
}

base::Error no_phrase(const WakeSettings& wake) {
    if (!wake.phrase.empty()) {
        return base::make_error(base::ErrorCode::invalid_argument,
                                "the wake phrase cannot be listened for",
                                "write one to six words (speech.wake_phrase), such as Hey Nook");
    }
    return base::make_error(base::ErrorCode::invalid_argument, "no wake phrase is set",
                            "write one in the settings (speech.wake_phrase), such as Hey Nook");
}

// What holds for the whole connection; `mode`, `muted` and the conversation are kept elsewhere.
void remember(const protocol::VoiceConfigure& change, protocol::VoiceConfigure& wishes) {
    if (change.turn_detection) wishes.turn_detection = change.turn_detection;
    if (change.language) wishes.language = change.language;
    if (change.voice) wishes.voice = change.voice;
    if (change.speed) wishes.speed = change.speed;
    if (change.eagerness) wishes.eagerness = change.eagerness;
    if (change.vad_threshold) wishes.vad_threshold = change.vad_threshold;
    if (change.silence_ms) wishes.silence_ms = change.silence_ms;
}

voice::TurnMode turn_mode(protocol::VoiceMode mode, protocol::VoiceTurns turns) {
    // The talk button says where a turn ends.
    if (mode == protocol::VoiceMode::push || turns == protocol::VoiceTurns::manual) {
        return voice::TurnMode::manual;
    }
    return turns == protocol::VoiceTurns::server_vad ? voice::TurnMode::server_vad
                                                     : voice::TurnMode::semantic_vad;
}

}  // namespace

async::Task<base::Result<void>> FixedText::answer(voice::Question question, voice::ReplySink& sink,
                                                  std::stop_token stop) {
    if (!stop.stop_requested()) static_cast<void>(sink.on_text(question.text));
    co_return base::Result<void>{};
}

VoiceConnection::VoiceConnection(AppContext& context, VoiceTabs& tabs,
                                 std::shared_ptr<http::WebSocket> socket)
    : context_(context),
      tabs_(tabs),
      socket_(std::move(socket)),
      desk_(*context.speech),
      responder_(context, [this] { send_ready(); }),
      tasks_(context.chat.executor) {}

async::Task<void> VoiceConnection::run() {
    const auto self = shared_from_this();
    auto greeting = greet();
    const bool welcome = co_await std::move(greeting);
    while (welcome) {
        auto reading = socket_->read_message();
        auto message = co_await std::move(reading);
        if (!message) break;
        if (message->binary) {
            auto taking = take_audio(std::move(message->data));
            co_await std::move(taking);
            continue;
        }
        const auto command = protocol::decode_voice_command(message->data);
        if (command) {
            handle(*command);
        } else {
            send_error(command.error());
        }
    }
    closed_ = true;
    if (tab_) tabs_.leave(*tab_);
    if (conversation_) {
        auto closing = conversation_->close();
        co_await std::move(closing);
    }
    co_await tasks_.close();
}

async::Task<bool> VoiceConnection::greet() {
    auto reading = socket_->read_message();
    const auto message = co_await std::move(reading);
    if (!message) co_return false;
    base::Result<protocol::VoiceCommand> command =
        base::fail(base::ErrorCode::invalid_argument, "audio before hello");
    if (!message->binary) command = protocol::decode_voice_command(message->data);
    const auto* hello = command ? std::get_if<protocol::VoiceHello>(&*command) : nullptr;
    if (hello == nullptr) {
        socket_->close(kVoiceHello, "the first message must be voice.hello");
        co_return false;
    }
    const bool admitted = context_.auth.admits(socket_->request()) ||
                          (hello->token && context_.auth.accepts(*hello->token));
    if (!admitted) {
        socket_->close(kVoiceLogin, "log in first");
        co_return false;
    }
    if (hello->protocol != protocol::kVoiceProtocolVersion) {
        socket_->close(kVoiceStale, "reload the page");
        co_return false;
    }
    const auto begun = begin(*hello);
    if (!begun) {
        send_error(begun.error());  // a close reason has no room for what to do about it
        socket_->close(kVoiceHello, begun.error().message);
        co_return false;
    }
    co_return true;
}

base::Result<void> VoiceConnection::begin(const protocol::VoiceHello& hello) {
    if (hello.tab.empty() || hello.tab.size() > 100 || hello.client.size() > 100) {
        return base::fail(base::ErrorCode::invalid_argument, "`tab` or `client` is unusable");
    }
    const long long output = hello.output_rate.value_or(24'000);
    const auto fits = [](long long rate) {
        return rate >= media::kMinRateHz && rate <= media::kMaxRateHz;
    };
    if (!fits(hello.input_rate) || !fits(output)) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the rates must be from 8000 to 48000 Hz");
    }
    rates_ = {static_cast<int>(hello.input_rate), static_cast<int>(output)};
    cancels_echo_ = !hello.echo_cancelled;
    take_owners_settings();
    TRY_DO(apply(wishes_of(hello)));
    const std::weak_ptr<VoiceConnection> weak = weak_from_this();
    voice::Conversation::Parts parts{context_.chat.executor,
                                     context_.chat.clock,
                                     desk_.engines(),
                                     rates_,
                                     responder_,
                                     [weak](voice::Time at, const voice::event::Any& what) {
                                         if (const auto self = weak.lock())
                                             self->on_event(at, what);
                                     }};
    TRY(made, voice::Conversation::make(std::move(parts), settings_));
    conversation_ = std::move(made);
    watch_ = desk_.watch([weak] {
        if (const auto self = weak.lock()) self->follow_owner();
    });
    tab_ = tabs_.enter(hello.tab, [weak](const std::string& tab) {
        if (const auto self = weak.lock()) self->on_claimed(tab);
    });
    LOG_INFO("voice", "a page talks", {"socket", socket_->request().id.str()},
             {"input_hz", rates_.input_hz}, {"output_hz", rates_.output_hz},
             {"cancels_echo", cancels_echo_});
    send_ready();
    send(protocol::VoiceClaimed{tabs_.speaking()});
    set_awake(mode_ != protocol::VoiceMode::wake);
    return {};
}

void VoiceConnection::send_ready() {
    protocol::VoiceReady ready;
    ready.output_rate = rates_.output_hz;
    ready.voices = desk_.voices();
    ready.voice = settings_.voice;
    ready.choice_needed = !desk_.voice_chosen();
    const auto engines = desk_.engines();
    if (engines.recogniser != nullptr) ready.recogniser = engines.recogniser->name();
    ready.lacks = desk_.lacks();
    ready.speaking_tab = tab_ && tabs_.speaks(*tab_);
    if (responder_.session()) ready.session_id = responder_.session()->str();
    ready.wake_phrase = wake_.phrase;
    ready.cancels_echo = cancels_echo_;
    send(ready);
}

void VoiceConnection::send(const protocol::VoiceEvent& event) {
    if (!closed_) static_cast<void>(socket_->send(protocol::encode_text(event)));
}

void VoiceConnection::send_error(const base::Error& error) {
    send(protocol::VoiceError{protocol::to_error_info(error)});
}

bool VoiceConnection::listens() const {
    if (muted_ || !tab_ || !tabs_.speaks(*tab_)) return false;
    return turn_mode(mode_, turns_) != voice::TurnMode::manual || down_;
}

async::Task<void> VoiceConnection::take_audio(std::string bytes) {
    const auto samples = from_bytes(bytes);
    if (!samples) {
        send_error(base::make_error(base::ErrorCode::invalid_argument,
                                    "a frame of audio with half a sample",
                                    "send signed 16-bit little endian samples"));
        co_return;
    }
    if (!listens()) co_return;
    while (!conversation_->hear(*samples)) {
        // Faster than it can be listened to: the socket is not read until there is room.
        auto waiting = conversation_->room(socket_->request().stop);
        const bool room = co_await std::move(waiting);
        if (!room) co_return;
    }
}

void VoiceConnection::handle(const protocol::VoiceCommand& command) {
    if (const auto* played = std::get_if<protocol::VoicePlayed>(&command)) {
        if (played->response > 0) {
            conversation_->played(static_cast<voice::ResponseId>(played->response),
                                  voice::Time{played->played_ms});
        }
    } else if (const auto* change = std::get_if<protocol::VoiceConfigure>(&command)) {
        configure(*change);
    } else if (const auto* button = std::get_if<protocol::VoiceTalk>(&command)) {
        talk(button->down);
    } else if (std::holds_alternative<protocol::VoiceInterrupt>(command)) {
        hush();
    } else if (std::holds_alternative<protocol::VoiceClaim>(command)) {
        tabs_.claim(*tab_);
    } else if (std::holds_alternative<protocol::VoiceWake>(command)) {
        tasks_.spawn("wake", wake(tasks_.stop_token()));
    } else if (const auto* wish = std::get_if<protocol::VoiceTry>(&command)) {
        const std::string standard =
            fmt::format("Hello, I'm {}. This is how I sound.", context_.chat.persona.name());
        const std::string text = wish->text.value_or(standard);
        if (text.empty() || text.size() > kMostTryText || !base::is_valid_utf8(text)) {
            send_error(base::make_error(base::ErrorCode::invalid_argument, "`text` is unusable",
                                        "use 1 to 300 characters"));
            return;
        }
        hush();
        say(text, wish->voice, wish->speed);
    } else {
        send_error(
            base::make_error(base::ErrorCode::invalid_argument, "voice.hello comes only once"));
    }
}

void VoiceConnection::configure(const protocol::VoiceConfigure& change) {
    const auto before = settings_;
    const auto wishes_before = wishes_;
    const auto mode_before = mode_;
    const auto turns_before = turns_;
    auto applied = apply(change);
    if (applied) applied = conversation_->configure(settings_);
    if (!applied) {
        settings_ = before;
        wishes_ = wishes_before;
        mode_ = mode_before;
        turns_ = turns_before;
        send_error(applied.error());
        return;
    }
    if (mode_ != mode_before) set_awake(mode_ != protocol::VoiceMode::wake);
    if (change.muted && *change.muted) conversation_->clear();
    if (change.voice || change.session_id) send_ready();
}

// Of the settings only: what the page itself wishes comes on top by apply().
void VoiceConnection::take_owners_settings() {
    settings_ = desk_.defaults();
    settings_.reports_playback = true;
    settings_.cancels_echo = cancels_echo_;
    turns_ = settings_.turns.mode == voice::TurnMode::server_vad
                 ? protocol::VoiceTurns::server_vad
                 : protocol::VoiceTurns::semantic_vad;
    wake_ = desk_.wake();
    phrase_ = voice::WakePhrase(wake_.phrase, wake_.threshold);
}

// The owner changed settings while this page talks.
void VoiceConnection::follow_owner() {
    if (closed_ || !conversation_) return;
    const auto before = settings_;
    const auto turns_before = turns_;
    take_owners_settings();
    settings_.create_response = before.create_response;
    if (!awake_) settings_.phrase = wake_.phrase;
    if (mode_ == protocol::VoiceMode::wake && phrase_.empty()) send_error(no_phrase(wake_));
    auto applied = apply(wishes_);
    if (applied) applied = conversation_->configure(settings_);
    if (!applied) {
        settings_ = before;
        turns_ = turns_before;
        send_error(applied.error());
    }
    send_ready();
}

base::Result<void> VoiceConnection::apply(const protocol::VoiceConfigure& change) {
    if (change.mode) {
        if (*change.mode == protocol::VoiceMode::wake && phrase_.empty()) {
            return base::fail(no_phrase(wake_));
        }
        mode_ = *change.mode;
    }
    remember(change, wishes_);
    if (change.turn_detection) turns_ = *change.turn_detection;
    if (change.language) settings_.language = base::shorten(*change.language, 16);
    if (change.voice) settings_.voice = *change.voice;
    if (change.speed) settings_.speed = *change.speed;
    if (change.eagerness) {
        TRY(eagerness, eagerness_of(*change.eagerness));
        settings_.turns.eagerness =
            eagerness == voice::Eagerness::automatic ? desk_.defaults().turns.eagerness : eagerness;
    }
    if (change.vad_threshold) {
        const double start = *change.vad_threshold;
        if (!std::isfinite(start) || start < 0 || start > 1) {
            return base::fail(base::ErrorCode::invalid_argument,
                              "`vad_threshold` must be from 0 to 1");
        }
        settings_.turns.start_threshold = static_cast<float>(start);
        settings_.turns.stop_threshold = static_cast<float>(std::max(0.0, start - 0.15));
        settings_.interruption.start_threshold = static_cast<float>(start);
    }
    if (change.silence_ms) settings_.turns.silence = voice::Time{*change.silence_ms};
    settings_.turns.mode = turn_mode(mode_, turns_);
    TRY_DO(voice::check(settings_));
    if (change.session_id) {
        const auto& id = *change.session_id;
        responder_.go_to(id.empty() ? std::nullopt : std::optional(base::SessionId(id)));
    }
    if (change.muted) muted_ = *change.muted;
    return {};
}

void VoiceConnection::talk(bool down) {
    const bool was_down = std::exchange(down_, down);
    if (down == was_down || !tab_ || !tabs_.speaks(*tab_)) return;
    if (down) {
        hush();
        if (turn_mode(mode_, turns_) == voice::TurnMode::manual) conversation_->clear();
    } else {
        conversation_->commit();
    }
}

void VoiceConnection::hush() {
    // A moment too late there is nothing to stop.
    const auto cancelled = conversation_->cancel(std::nullopt);
    static_cast<void>(cancelled);
}

void VoiceConnection::say(std::string text, std::optional<std::string> voice,
                          std::optional<double> speed) {
    voice::ResponseOrder order{&fixed_, std::move(voice), speed, std::move(text)};
    if (order.speed && !(*order.speed >= 0.5 && *order.speed <= 2)) {
        send_error(
            base::make_error(base::ErrorCode::invalid_argument, "`speed` must be from 0.5 to 2"));
        return;
    }
    const auto begun = conversation_->respond(std::move(order));
    if (!begun) send_error(begun.error());
}

async::Task<void> VoiceConnection::wake(std::stop_token stop) {
    auto warming = desk_.prewarm(settings_.voice, stop);
    const auto warm = co_await std::move(warming);
    if (closed_) co_return;
    if (!warm) send_error(warm.error());
    // What lacks is in `ready`; with a voice alone she can at least say hello.
    send_ready();
    say(fmt::format("Hi, I'm {}. I can hear you now. What's on your mind?",
                    context_.chat.persona.name()),
        {}, {});
    // While she says so, her model loads and reads what was said before.
    auto preparing = responder_.prepare({}, std::move(stop));
    co_await std::move(preparing);
}

}  // namespace app

#include "api/realtime/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "api/openai/answers.hpp"

namespace realtime {
namespace {

constexpr std::size_t kMaxEventId = 512;
constexpr std::size_t kMaxEvent = 24'000'000;
constexpr long long kLifeSeconds = 60LL * 60;

}  // namespace

Session::Session(SessionParts parts, SessionConfig config, Dialect dialect)
    : parts_(std::move(parts)),
      config_(std::move(config)),
      dialect_(dialect),
      expires_at_(parts_.clock.wall_ms() / 1000 + kLifeSeconds),
      shelf_(parts_.executor, parts_.worker, parts_.kept_audio),
      tasks_(parts_.executor),
      ear_(parts_.executor, parts_.clock, parts_.speech, *this) {}

Session::~Session() = default;

void Session::open() {
    if (config_.voice.empty() && parts_.speech) config_.voice = parts_.speech->speaking.name();
    ear_.configure(config_);
    spawn("session life", live());
    send({{"type", "session.created"}, {"session", session_json()}});
    if (dialect_ == Dialect::beta) {
        send({{"type", "conversation.created"},
              {"conversation",
               json::Object{{"id", conversation_}, {"object", "realtime.conversation"}}}});
    }
}

async::Task<void> Session::live() {
    auto sleeping = parts_.clock.sleep_for(std::chrono::seconds(kLifeSeconds), tasks_.stop_token());
    const bool over = co_await std::move(sleeping);
    if (!over) co_return;
    refuse_with({"session_expired", "a session lasts 60 minutes: open another"});
    parts_.hang_up();
}

async::Task<void> Session::close() {
    closing_ = true;
    if (active_) active_->cancel("client_cancelled");
    for (const auto& reply : std::vector(aside_)) reply->cancel("client_cancelled");
    co_await ear_.close();
    words_.set();
    co_await tasks_.close();
    co_await shelf_.close();
}

json::Object Session::session_json() const {
    json::Object out{{"id", id_}, {"expires_at", expires_at_}};
    for (auto& [key, value] : to_json(config_)) out[key] = value;
    return out;
}

void Session::send(json::Object event) {
    if (closing_) return;
    event["event_id"] = new_id("event_");
    const json::Value shown =
        dialect_ == Dialect::beta ? to_beta(std::move(event)) : json::Value(std::move(event));
    if (shown.is_null()) return;
    static_cast<void>(parts_.write(json::write(shown)));
}

void Session::spawn(const char* name, async::Task<void> task) {
    tasks_.spawn(name, std::move(task));
}

void Session::refuse_with(const Fault& fault) {
    auto error = to_json(fault);
    error["event_id"] = nullptr;
    send({{"type", "error"}, {"error", std::move(error)}});
}

async::Task<void> Session::receive(std::string text) {
    json::Limits limits;
    limits.max_bytes = kMaxEvent;
    auto parsed = json::parse(text, limits);
    if (!parsed || !parsed->is_object()) {
        refuse_with(
            {"invalid_event", parsed ? "an event is a JSON object"
                                     : "the event is no valid JSON: " + parsed.error().message});
        co_return;
    }
    const std::string cause = json::string_or(json::find(*parsed, "event_id"));
    if (cause.size() > kMaxEventId) {
        refuse_with({"invalid_value", "an event_id has at most 512 characters", "event_id"});
        co_return;
    }
    if (dialect_ == Dialect::current && is_beta(*parsed)) dialect_ = Dialect::beta;
    const json::Value event =
        dialect_ == Dialect::beta ? from_beta(std::move(*parsed)) : std::move(*parsed);
    auto handling = handle(event);
    const auto done = co_await std::move(handling);
    if (done) co_return;
    auto error = to_json(done.error());
    error["event_id"] = cause.empty() ? json::Value() : json::Value(cause);
    send({{"type", "error"}, {"error", std::move(error)}});
}

const std::vector<Session::Row>& Session::table() {
    static const std::vector<Row> rows{{"session.update", &Session::update_session},
                                       {"input_audio_buffer.commit", &Session::commit_audio},
                                       {"input_audio_buffer.clear", &Session::clear_audio},
                                       {"output_audio_buffer.clear", &Session::refuse_webrtc},
                                       {"conversation.item.create", &Session::create_item},
                                       {"conversation.item.retrieve", &Session::retrieve_item},
                                       {"conversation.item.truncate", &Session::truncate_item},
                                       {"conversation.item.delete", &Session::delete_item},
                                       {"response.create", &Session::create_response},
                                       {"response.cancel", &Session::cancel_response}};
    return rows;
}

async::Task<Checked<void>> Session::handle(const json::Value& event) {
    const auto* given = json::find(event, "type");
    if (given == nullptr || !given->is_string()) {
        co_return refuse("missing_required_parameter", "an event needs a type", "type");
    }
    const std::string type = json::string_or(given);
    if (parts_.clock.wall_ms() / 1000 >= expires_at_) {
        co_return refuse("session_expired", "this session is over after 60 minutes: open another");
    }
    if (type == "input_audio_buffer.append") {
        auto bytes = read_audio(json::find(event, "audio"), "audio");
        if (!bytes) co_return std::unexpected(bytes.error());
        auto appending = ear_.append(std::move(*bytes));
        co_return co_await std::move(appending);
    }
    for (const auto& row : table()) {
        if (row.type == type) co_return (this->*row.handler)(event);
    }
    co_return refuse("invalid_value",
                     fmt::format("there is no client event `{}`", type.substr(0, 80)), "type");
}

Checked<void> Session::check_voice(const SessionConfig& config) const {
    const std::string wanted = openai::own_voice(config.voice);
    if (wanted.empty() || !parts_.speech || wanted == config_.voice) return {};
    std::string offered;
    for (const auto& known : parts_.speech->speaking.voices()) {
        if (known.id == wanted && known.lacks.empty()) return {};
        if (known.lacks.empty()) offered += (offered.empty() ? "" : ", ") + known.id;
    }
    return refuse("invalid_value", "there is no such voice here, but " + offered,
                  "session.audio.output.voice");
}

Checked<void> Session::update_session(const json::Value& event) {
    const auto* update = json::find(event, "session");
    if (update == nullptr) {
        return refuse("missing_required_parameter", "session is missing", "session");
    }
    TRY(changed, merge(config_, *update, {voice_heard_, active_ != nullptr}));
    TRY_DO(check_voice(changed));
    config_ = std::move(changed);
    ear_.configure(config_);
    send({{"type", "session.updated"}, {"session", session_json()}});
    return {};
}

Checked<void> Session::commit_audio(const json::Value&) {
    // An early client commits to say "stop" while the reply is made, or still played.
    const bool playing = playing_until_ > parts_.clock.steady();
    const bool interrupts = dialect_ == Dialect::beta && (active_ != nullptr || playing);
    if (interrupts && active_) active_->cancel("client_cancelled");
    if (interrupts) playing_until_ = parts_.clock.steady();
    // What an open microphone heard meanwhile is no turn; that is for the detection to say.
    if (interrupts && config_.detection && !ear_.in_turn()) return {};
    const auto committed = ear_.commit();
    return interrupts ? Checked<void>() : committed;
}

Checked<void> Session::clear_audio(const json::Value&) {
    ear_.clear();
    send({{"type", "input_audio_buffer.cleared"}});
    return {};
}

Checked<void> Session::refuse_webrtc(const json::Value&) {
    return refuse("invalid_value",
                  "output_audio_buffer.clear is for WebRTC and SIP: over a "
                  "WebSocket the client plays, and stops, by itself",
                  "type");
}

Checked<void> Session::cancel_response(const json::Value& event) {
    const std::string id = json::string_or(json::find(event, "response_id"));
    std::shared_ptr<Reply> found;
    if (active_ && (id.empty() || active_->id() == id)) found = active_;
    for (const auto& reply : aside_) {
        if (reply->id() == id) found = reply;
    }
    if (!found) {
        // Clients know this from an error by its first words.
        return refuse("response_cancel_not_active",
                      "Cancellation failed: there is no such response to cancel", "response_id");
    }
    found->cancel("client_cancelled");
    return {};
}

}  // namespace realtime

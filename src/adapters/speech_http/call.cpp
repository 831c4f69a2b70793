#include "adapters/speech_http/call.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <boost/asio/this_coro.hpp>

#include "async/event.hpp"
#include "json/json.hpp"
#include "llm_wire/upstream_error.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

// More of an error page than this is noise.
constexpr std::size_t kMaxErrorBody = 64'000;
constexpr std::size_t kMaxKnockBody = 1'000'000;

bool is_good(int status) {
    return status >= 200 && status < 300;
}

// The watch over one call, and what it found.
struct Watch {
    Watch(async::Clock& clock_, async::Duration limit_)
        : clock(clock_), limit(limit_), moved_at(clock_.steady()) {}

    async::Clock& clock;
    async::Duration limit;
    async::Duration moved_at;
    std::stop_source stop_call;
    std::stop_source stop_watching;
    bool late = false;
    async::Event over;
};

async::Task<void> watch_silence(std::shared_ptr<Watch> watch) {
    for (;;) {
        const auto left = watch->moved_at + watch->limit - watch->clock.steady();
        if (left <= async::Duration{0}) {
            watch->late = true;
            watch->stop_call.request_stop();
            break;
        }
        auto sleeping = watch->clock.sleep_for(left, watch->stop_watching.get_token());
        const bool slept = co_await std::move(sleeping);
        if (!slept) break;
    }
    watch->over.set();
}

class Body final : public http::BodySink {
public:
    Body(AnswerReader& reader, Watch& watch) : reader_(reader), watch_(watch) {}

    bool on_head(const http::ClientResponse& head) override {
        watch_.moved_at = watch_.clock.steady();
        status_ = head.status;
        headers_ = head.headers;
        if (!is_good(status_)) return true;
        const auto taken = reader_.on_type(head.headers.get("Content-Type").value_or(""));
        if (!taken) error_ = taken.error();
        return taken.has_value();
    }
    bool on_data(std::string_view bytes) override {
        watch_.moved_at = watch_.clock.steady();
        if (!is_good(status_)) {
            error_body_.append(bytes.substr(0, kMaxErrorBody - error_body_.size()));
            return error_body_.size() < kMaxErrorBody;
        }
        const auto flow = reader_.on_bytes(bytes);
        if (!flow) error_ = flow.error();
        enough_ = flow && *flow == Flow::enough;
        return flow && !enough_;
    }

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] bool enough() const { return enough_; }
    [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
    [[nodiscard]] const http::Headers& headers() const { return headers_; }
    [[nodiscard]] const std::string& error_body() const { return error_body_; }

private:
    AnswerReader& reader_;
    Watch& watch_;
    int status_ = 0;
    http::Headers headers_;
    std::string error_body_;
    std::optional<base::Error> error_;
    bool enough_ = false;
};

// GPT-SoVITS says {"message", "Exception"}, FastAPI {"detail": text or a list of {loc, msg}}: put
// into the form that the common reader of errors knows.
std::string common_form(const std::string& body) {
    const auto value = json::parse(body);
    if (!value || !value->is_object() || json::find(*value, "error") != nullptr) return body;
    std::string words = json::string_or(json::find(*value, "message"));
    if (const auto why = json::string_or(json::find(*value, "Exception")); !why.empty()) {
        words += (words.empty() ? "" : ": ") + why;
    }
    const auto* detail = json::find(*value, "detail");
    if (words.empty() && detail != nullptr) {
        words = detail->is_array() ? json::string_or(json::find_path(*detail, "0.msg"))
                                   : json::string_or(detail);
    }
    if (words.empty()) return body;
    return json::write(json::Object{{"error", json::Object{{"message", words}}}});
}

base::Error status_error(const SpeechServer& server, std::string model, const Body& body,
                         long long now_ms) {
    llm_wire::Failure failure{who(server),
                              server.endpoint.key_setting,
                              std::move(model),
                              body.status(),
                              body.headers(),
                              common_form(body.error_body()),
                              now_ms};
    return llm_wire::to_error(failure);
}

base::Error explain(base::Error error, const SpeechServer& server) {
    if (error.code == ErrorCode::unavailable && place_of(server) != ports::LlmPlace::cloud) {
        error.hint = "start the speech server, or choose another engine";
    }
    // The answer was too large, not what the person said.
    if (error.code == ErrorCode::too_large) error.code = ErrorCode::upstream;
    return std::move(error).within(server.name);
}

class Deaf final : public AnswerReader {
public:
    base::Result<void> on_type(std::string_view) override { return {}; }
    base::Result<Flow> on_bytes(std::string_view) override { return Flow::enough; }
};

}  // namespace

async::Task<base::Result<void>> call(Caller caller, http::ClientRequest request,
                                     AnswerReader& reader, std::stop_token stop) {
    auto& [client, clock, server, model] = caller;
    const auto watch = std::make_shared<Watch>(clock, server.timeout);
    const std::stop_callback on_stop(stop, [watch] { watch->stop_call.request_stop(); });
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    async::spawn_detached(executor, "speech watch", watch_silence(watch));
    Body body(reader, *watch);
    auto transfer = client.stream(std::move(request), body, watch->stop_call.get_token());
    const auto response = co_await std::move(transfer);
    watch->stop_watching.request_stop();
    static_cast<void>(co_await watch->over.wait());
    if (stop.stop_requested()) {
        co_return base::fail(ErrorCode::cancelled, "the speech server was no longer needed");
    }
    if (watch->late) {
        co_return base::fail(
            ErrorCode::timeout,
            fmt::format("{} sent nothing for {} s", who(server),
                        std::chrono::duration_cast<std::chrono::seconds>(server.timeout).count()),
            fmt::format("it hangs or is overloaded; speech.servers.{}.timeout_seconds says how "
                        "long it is waited for",
                        server.name));
    }
    if (body.error()) co_return base::fail(base::Error(*body.error()).within(who(server)));
    if (body.status() != 0 && !is_good(body.status())) {
        co_return base::fail(status_error(server, std::move(model), body, clock.wall_ms()));
    }
    if (!response && !body.enough()) co_return base::fail(explain(response.error(), server));
    co_return base::Result<void>{};
}

async::Task<base::Result<void>> knock(http::Client& client, async::Clock& clock,
                                      const SpeechServer& server, std::stop_token stop) {
    const bool lists = server.kind == ServerKind::openai || server.kind == ServerKind::qwen3_tts;
    auto request = llm_wire::make_get(
        server.endpoint, llm_wire::join_url(server.endpoint.base_url, lists ? "/models" : "/docs"));
    request.redirects = http::Redirects::refuse;
    request.max_body = kMaxKnockBody;
    Deaf nobody;
    auto calling = call({client, clock, server, {}}, std::move(request), nobody, std::move(stop));
    const auto called = co_await std::move(calling);
    // A server that has no such page is there all the same.
    constexpr ErrorCode kSerious[] = {ErrorCode::unavailable, ErrorCode::timeout,
                                      ErrorCode::unauthorized, ErrorCode::cancelled};
    if (!called) {
        for (const auto code : kSerious) {
            if (called.error().code == code) co_return base::fail(called.error());
        }
    }
    co_return base::Result<void>{};
}

}  // namespace adapters::speech_http

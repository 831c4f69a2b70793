#include "llm_wire/reply_stream.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

namespace llm_wire {
namespace {

// More of an error page than this is noise.
constexpr std::size_t kMaxErrorBody = 64'000;
constexpr std::size_t kMaxJsonAnswer = 16'000'000;

bool is_good(int status) {
    return status >= 200 && status < 300;
}

class ReplySink final : public http::BodySink {
public:
    explicit ReplySink(ReplyDecoder& decoder) : decoder_(decoder) {}

    bool on_head(const http::ClientResponse& head) override {
        status_ = head.status;
        headers_ = head.headers;
        return true;
    }

    bool on_data(std::string_view bytes) override {
        if (!is_good(status_)) {
            error_body_.append(bytes.substr(0, kMaxErrorBody - error_body_.size()));
            return error_body_.size() < kMaxErrorBody;
        }
        auto flow = decoder_.on_bytes(bytes);
        if (!flow) {
            error_ = std::move(flow.error());
            return false;
        }
        enough_ = *flow == Flow::enough;
        return !enough_ || has_all();
    }

    // A reply that is over leaves its connection to the next; one that is not wanted is broken off.
    bool has_all() const override { return enough_ && decoder_.is_whole(); }

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] bool enough() const { return enough_; }
    [[nodiscard]] std::optional<base::Error>& error() { return error_; }
    [[nodiscard]] Failure failure(const CallLabel& label, long long now_ms) const {
        return {label.provider, label.key_setting, label.model, status_,
                headers_,       error_body_,       now_ms};
    }

private:
    ReplyDecoder& decoder_;
    int status_ = 0;
    http::Headers headers_;
    std::string error_body_;
    std::optional<base::Error> error_;
    bool enough_ = false;
};

base::Error cancelled() {
    return base::make_error(base::ErrorCode::cancelled, "the reply was stopped");
}

// Says whom we could not reach, and what would help.
base::Error explain(base::Error error, const CallLabel& label) {
    const std::string context = fmt::format("{} at {}", label.provider, label.base_url);
    if (error.hint == http::kNobodyListens && !label.start_hint.empty()) {
        error.hint = label.start_hint;
    }
    // The reply was too large, not what the person sent.
    if (error.code == base::ErrorCode::too_large) error.code = base::ErrorCode::upstream;
    return std::move(error).within(context);
}

}  // namespace

async::Task<base::Result<ports::LlmOutcome>> stream_reply(Wire wire, http::ClientRequest request,
                                                          ReplyDecoder& decoder, CallLabel label,
                                                          std::stop_token stop) {
    ReplySink sink(decoder);
    auto transfer = wire.client.stream(std::move(request), sink, stop);
    auto response = co_await std::move(transfer);
    if (stop.stop_requested() && !sink.has_all()) co_return base::fail(cancelled());
    if (sink.error()) co_return base::fail(std::move(*sink.error()));
    if (sink.status() != 0 && !is_good(sink.status())) {
        co_return base::fail(to_error(sink.failure(label, wire.clock.wall_ms())));
    }
    const bool over = response || sink.enough() || decoder.is_whole();
    if (!over) co_return base::fail(explain(std::move(response.error()), label));
    co_return decoder.finish();
}

async::Task<base::Result<json::Value>> fetch_json(Wire wire, http::ClientRequest request,
                                                  CallLabel label) {
    request.max_body = kMaxJsonAnswer;
    auto transfer = wire.client.fetch(std::move(request), {});
    auto response = co_await std::move(transfer);
    if (!response) co_return base::fail(explain(std::move(response.error()), label));
    if (!is_good(response->status)) {
        response->body.resize(std::min(response->body.size(), kMaxErrorBody));
        co_return base::fail(
            to_error({label.provider, label.key_setting, label.model, response->status,
                      response->headers, response->body, wire.clock.wall_ms()}));
    }
    auto value = json::parse(response->body);
    if (!value) {
        co_return base::fail(base::ErrorCode::upstream,
                             fmt::format("{} at {} answered with something that is not JSON",
                                         label.provider, label.base_url),
                             "check the base URL");
    }
    co_return std::move(*value);
}

}  // namespace llm_wire

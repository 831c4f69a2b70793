#include "adapters/speech_http/http_recogniser.hpp"

#include <utility>

#include "adapters/speech_http/call.hpp"
#include "adapters/speech_http/transcription.hpp"
#include "base/text.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxAnswer = 8'000'000;
constexpr std::size_t kMaxSamples = std::size_t{30} * 60 * ports::kListenRate;

// Keeps the whole of an answer, which is JSON.
class WholeReader final : public AnswerReader {
public:
    base::Result<void> on_type(std::string_view content_type) override {
        const std::string type = base::to_lower_ascii(content_type);
        if (type.empty() || type.contains("json") || type.starts_with("text/plain")) return {};
        return base::fail(ErrorCode::upstream, "the answer is no JSON",
                          "check the base URL; most end in /v1");
    }
    base::Result<Flow> on_bytes(std::string_view bytes) override {
        body += bytes;
        return Flow::more;
    }
    std::string body;
};

}  // namespace

HttpSpeechToText::HttpSpeechToText(http::Client& client, async::Clock& clock, SpeechServer server)
    : client_(client), clock_(clock), server_(completed(std::move(server))) {}

async::Task<base::Result<void>> HttpSpeechToText::prewarm(std::stop_token stop) {
    CO_TRY_DO(check(server_, Use::hearing));
    auto knocking = knock(client_, clock_, server_, std::move(stop));
    co_return co_await std::move(knocking);
}

async::Task<base::Result<ports::Transcript>> HttpSpeechToText::transcribe(
    ports::ListenRequest request, std::stop_token stop) {
    CO_TRY_DO(check(server_, Use::hearing));
    if (request.samples.size() > kMaxSamples) {
        co_return base::fail(ErrorCode::too_large, "more than 30 minutes of sound at once",
                             "send it in parts");
    }
    if (request.samples.empty()) {
        ports::Transcript silence;
        silence.no_speech = true;
        co_return silence;
    }
    const int length_ms =
        static_cast<int>(request.samples.size() * 1000 / static_cast<unsigned>(ports::kListenRate));
    CO_TRY(post, transcription_request(server_, request));
    post.max_body = kMaxAnswer;
    WholeReader reader;
    auto calling = call({client_, clock_, server_, server_.recogniser_model}, std::move(post),
                        reader, std::move(stop));
    const auto called = co_await std::move(calling);
    if (!called) co_return base::fail(called.error());
    auto heard = read_transcription(reader.body, length_ms);
    if (!heard) co_return base::fail(std::move(heard.error()).within(who(server_)));
    co_return std::move(*heard);
}

}  // namespace adapters::speech_http

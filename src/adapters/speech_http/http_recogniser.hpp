// HttpSpeechToText: a recogniser behind any OpenAI-compatible /audio/transcriptions: OpenAI itself,
// servers of faster-whisper, another Loci. io thread only; client and clock outlive it. No retries.
// Errors: those of ports/speech.hpp, and of a remote provider (rate_limited, timeout, unauthorized,
// forbidden, upstream).
#pragma once

#include <string>

#include "adapters/speech_http/speech_server.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "ports/speech.hpp"

namespace adapters::speech_http {

class HttpSpeechToText final : public ports::SpeechToText {
public:
    HttpSpeechToText(http::Client& client, async::Clock& clock, SpeechServer server);

    [[nodiscard]] std::string name() const override { return server_.name; }
    [[nodiscard]] ports::LlmPlace place() const override { return place_of(server_); }
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest request, std::stop_token stop) override;
    // Asks whether it is there.
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token stop) override;

private:
    http::Client& client_;
    async::Clock& clock_;
    SpeechServer server_;
};

}  // namespace adapters::speech_http

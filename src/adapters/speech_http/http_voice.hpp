// HttpTextToSpeech: a voice behind HTTP, of any kind of speech_server.hpp. What it says is streamed
// in segments while it arrives. io thread only; client and clock outlive it. No retries: what was
// heard once must not be heard twice. Errors: those of ports/speech.hpp, and of a remote provider
// (rate_limited, timeout, unauthorized, forbidden, upstream).
#pragma once

#include <string>
#include <vector>

#include "adapters/speech_http/segments.hpp"
#include "adapters/speech_http/speech_server.hpp"
#include "async/clock.hpp"
#include "http/client.hpp"
#include "ports/speech.hpp"

namespace adapters::speech_http {

class HttpTextToSpeech final : public ports::TextToSpeech {
public:
    HttpTextToSpeech(http::Client& client, async::Clock& clock, SpeechServer server);

    [[nodiscard]] std::string name() const override { return server_.name; }
    [[nodiscard]] ports::LlmPlace place() const override { return place_of(server_); }
    // Voices are "<server>" (the one of its settings) and "<server>/<its own name of a voice>".
    [[nodiscard]] async::Task<base::Result<void>> speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) override;
    // One, the server's; what it may have besides is not asked for.
    [[nodiscard]] std::vector<ports::Voice> voices() const override;
    // Asks whether it is there.
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string voice,
                                                          std::stop_token stop) override;

private:
    http::Client& client_;
    async::Clock& clock_;
    SpeechServer server_;
    Pace pace_;
};

}  // namespace adapters::speech_http

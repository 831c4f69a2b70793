// The form of /audio/transcriptions: what is sent and what comes back. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "adapters/speech_http/speech_server.hpp"
#include "http/client.hpp"
#include "ports/speech.hpp"

namespace adapters::speech_http {

// A multipart form (RFC 7578): file (WAV), model, language, prompt, response_format, granularities
// and the server's further fields.
[[nodiscard]] base::Result<http::ClientRequest> transcription_request(
    const SpeechServer& server, const ports::ListenRequest& request);

// `json` or `verbose_json`. Words without times are spread over `length_ms`; without probabilities
// the confidence is 1, since nothing says otherwise. Errors: upstream.
[[nodiscard]] base::Result<ports::Transcript> read_transcription(std::string_view body,
                                                                 int length_ms);

}  // namespace adapters::speech_http

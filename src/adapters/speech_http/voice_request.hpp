// The requests that make a server speak, in the form of each kind. Pure; any thread.
//   openai      POST /audio/speech {model, input, voice, response_format, speed, instructions}
//   qwen3_tts   the same, with language, task_type, ref_audio, ref_text and stream_format
//   gpt_sovits  POST /tts {text, text_lang, ref_audio_path, prompt_text, prompt_lang, media_type,
//               streaming_mode, speed_factor}
//   xtts        GET /tts_stream?text&speaker_wav&language, or POST /tts_to_audio/ for the whole
//               file; the pace is the server's own
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/speech_http/speech_server.hpp"
#include "http/client.hpp"

namespace adapters::speech_http {

// `voice` is the server's own name of it; empty: the one of the settings. Errors: not_found and
// storage (the file of reference_audio), too_large.
[[nodiscard]] base::Result<http::ClientRequest> voice_request(const SpeechServer& server,
                                                              const std::string& text,
                                                              const std::string& voice,
                                                              double speed);

// A long text in parts of whole sentences, since servers take 4,096 characters at most and one that
// does not stream is heard sooner.
[[nodiscard]] std::vector<std::string> parts_of(std::string_view text);

}  // namespace adapters::speech_http

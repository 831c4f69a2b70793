// SpeechServer: one server that hears or speaks over HTTP, as the owner described it. A plain value
// made from the config at the composition root; the key and the header values are secrets. None of
// the four kinds was tried with a real server of other people; their forms were read from:
//   openai      developers.openai.com, audio/createTranscription and audio/createSpeech; what
//               faster-whisper servers take beyond it: speaches-ai/speaches, routers/stt.py
//   gpt_sovits  RVC-Boss/GPT-SoVITS, api_v2.py
//   qwen3_tts   vllm-project/vllm-omni, docs/serving/speech_api.md
//   xtts        daswer123/xtts-api-server, xtts_api_server/server.py
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "llm_wire/endpoint.hpp"
#include "ports/llm.hpp"

namespace adapters::speech_http {

enum class ServerKind { openai, gpt_sovits, qwen3_tts, xtts };
// As people write it: "GPT-SoVITS".
[[nodiscard]] std::string_view title(ServerKind kind);
// By words in the name that the owner gave it ("my-sovits"); openai when it says nothing.
[[nodiscard]] ServerKind kind_of_name(std::string_view name);

enum class SoundForm { wav, pcm };
enum class Delivery { streamed, whole };
// How far words and sound may go: the owner's privacy rule.
enum class Reach { anywhere, this_machine };

struct SpeechServer {
    std::string name;  // below speech.servers
    ServerKind kind = ServerKind::openai;
    llm_wire::Endpoint endpoint;  // an empty base_url takes the kind's own
    std::string voice_model;
    std::string voice;
    std::string recogniser_model;
    std::string language;         // of what is spoken: "en"; empty: the server finds out
    std::string reference_audio;  // a recording of the voice: a path at the server, for qwen3_tts
                                  // also a file of this machine or an address
    std::string reference_text;
    std::string reference_language;
    std::string instructions;  // how to speak, in words
    SoundForm sound = SoundForm::wav;
    int sample_rate = 24'000;  // of PCM, which does not tell
    Delivery delivery = Delivery::streamed;
    std::chrono::milliseconds timeout{30'000};  // in which nothing came
    // Sent with every request beside what is known: temperature, vad_filter, compute_type …
    std::map<std::string, std::string> fields;
    Reach reach = Reach::anywhere;
};

enum class Use { hearing, speaking };

// The server with its kind's own address where none is given, and its secrets known to the log.
[[nodiscard]] SpeechServer completed(SpeechServer server);
// Why it cannot be used for that: forbidden (the privacy rule), unauthorized (a key is missing),
// unsupported, unavailable (a setting is missing). The server itself is not asked.
[[nodiscard]] base::Result<void> check(const SpeechServer& server, Use use);
[[nodiscard]] ports::LlmPlace place_of(const SpeechServer& server);
// "gpt-sovits at http://127.0.0.1:9880"
[[nodiscard]] std::string who(const SpeechServer& server);
// Its address without a password that it may hold.
[[nodiscard]] std::string shown_url(const SpeechServer& server);

}  // namespace adapters::speech_http

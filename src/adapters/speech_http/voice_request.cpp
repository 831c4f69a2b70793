#include "adapters/speech_http/voice_request.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "base/base64.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace adapters::speech_http {
namespace {

constexpr std::size_t kMaxReference = 10'000'000;  // vllm-omni takes no more
constexpr std::size_t kGoodPart = 200;             // bytes, from which on a sentence ends a part
constexpr std::size_t kMaxPart = 1'000;

// Qwen3-TTS names languages in English.
std::string qwen_language(const std::string& code) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames{
        {{"zh", "Chinese"},
         {"en", "English"},
         {"ja", "Japanese"},
         {"ko", "Korean"},
         {"de", "German"},
         {"fr", "French"},
         {"ru", "Russian"},
         {"pt", "Portuguese"},
         {"es", "Spanish"},
         {"it", "Italian"}}};
    if (code.empty()) return "Auto";
    const std::string lower = base::to_lower_ascii(code.substr(0, code.find_first_of("-_")));
    for (const auto& [short_name, name] : kNames) {
        if (lower == short_name) return std::string(name);
    }
    return code;  // as the owner wrote it
}

// A file of this machine travels inside the request; an address is left to the server.
base::Result<std::string> qwen_reference(const std::string& given) {
    for (const auto* scheme : {"http://", "https://", "file://", "data:"}) {
        if (given.starts_with(scheme)) return given;
    }
    TRY(bytes, base::read_file(given, kMaxReference));
    return "data:audio/wav;base64," + base::to_base64(std::as_bytes(std::span(bytes)));
}

// Numbers, true, false and lists are sent as such; anything else is a text.
json::Value typed(const std::string& text) {
    auto value = json::parse(text);
    if (value && !value->is_string() && !value->is_null()) return std::move(*value);
    return json::Value(text);
}

void put(json::Object& body, std::string_view name, const std::string& value) {
    if (!value.empty()) body[name] = value;
}

std::string_view form_name(const SpeechServer& server) {
    return server.sound == SoundForm::pcm ? "pcm" : "wav";
}

http::ClientRequest post(const SpeechServer& server, std::string_view path, json::Object body) {
    for (const auto& [name, value] : server.fields) body[name] = typed(value);
    return llm_wire::make_post(server.endpoint, llm_wire::join_url(server.endpoint.base_url, path),
                               json::write(json::Value(std::move(body))));
}

http::ClientRequest openai_request(const SpeechServer& server, const std::string& text,
                                   const std::string& voice, double speed) {
    json::Object body{{"input", text}, {"response_format", form_name(server)}};
    body["model"] = server.voice_model.empty() ? "tts-1" : server.voice_model;
    body["voice"] = voice.empty() ? "alloy" : voice;
    if (speed != 1) body["speed"] = speed;
    put(body, "instructions", server.instructions);
    return post(server, "/audio/speech", std::move(body));
}

base::Result<http::ClientRequest> qwen_request(const SpeechServer& server, const std::string& text,
                                               const std::string& voice, double speed) {
    json::Object body{{"input", text},
                      {"response_format", form_name(server)},
                      {"language", qwen_language(server.language)}};
    put(body, "model", server.voice_model);
    put(body, "voice", voice);
    put(body, "instructions", server.instructions);
    if (!server.reference_audio.empty()) {
        TRY(reference, qwen_reference(server.reference_audio));
        body["task_type"] = "Base";
        body["ref_audio"] = reference;
        put(body, "ref_text", server.reference_text);
        if (server.reference_text.empty()) body["x_vector_only_mode"] = true;
    }
    // The server streams at its own pace only.
    if (speed != 1) {
        body["speed"] = speed;
    } else if (server.delivery == Delivery::streamed) {
        body["stream_format"] = "audio";
    }
    return post(server, "/audio/speech", std::move(body));
}

http::ClientRequest sovits_request(const SpeechServer& server, const std::string& text,
                                   const std::string& voice, double speed) {
    const auto language = [](const std::string& given) {
        return given.empty() ? std::string("auto") : base::to_lower_ascii(given);
    };
    json::Object body{{"text", text},
                      {"text_lang", language(server.language)},
                      // Another voice is another recording.
                      {"ref_audio_path", voice.empty() ? server.reference_audio : voice},
                      {"prompt_lang", language(server.reference_language)},
                      {"prompt_text", voice.empty() ? server.reference_text : std::string()},
                      {"media_type", server.sound == SoundForm::pcm ? "raw" : "wav"},
                      {"streaming_mode", server.delivery == Delivery::streamed},
                      {"speed_factor", speed}};
    return post(server, "/tts", std::move(body));
}

http::ClientRequest xtts_request(const SpeechServer& server, const std::string& text,
                                 const std::string& voice) {
    const std::string speaker = voice.empty() ? server.reference_audio : voice;
    if (server.delivery == Delivery::whole) {
        json::Object body{{"text", text}, {"speaker_wav", speaker}, {"language", server.language}};
        return post(server, "/tts_to_audio/", std::move(body));
    }
    std::string url = llm_wire::join_url(server.endpoint.base_url, "/tts_stream?text=");
    url += http::url_encode(text) + "&speaker_wav=" + http::url_encode(speaker) +
           "&language=" + http::url_encode(server.language);
    for (const auto& [name, value] : server.fields) {
        url += '&' + http::url_encode(name) + '=' + http::url_encode(value);
    }
    return llm_wire::make_get(server.endpoint, std::move(url));
}

// Does a sentence end before the byte `at`?
bool ends_sentence(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    for (const std::string_view mark : {"。", "！", "？"}) {
        if (before.ends_with(mark)) return true;
    }
    const bool space = at == text.size() || text[at] == ' ' || text[at] == '\n';
    return before.ends_with('\n') ||
           (space && (before.ends_with('.') || before.ends_with('!') || before.ends_with('?')));
}

bool is_boundary(std::string_view text, std::size_t at) {
    return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

// The end of the first part of what is left: a sentence's, a word's, or of as much as may be.
std::size_t first_part(std::string_view text) {
    std::size_t end = std::min(text.size(), kMaxPart);
    for (std::size_t at = std::min(kGoodPart, end); at <= end; ++at) {
        if (ends_sentence(text, at)) return at;
    }
    if (end == text.size()) return end;
    if (const auto space = text.rfind(' ', end); space != std::string_view::npos && space > 0) {
        return space;
    }
    while (end > 1 && !is_boundary(text, end)) --end;
    return end;
}

}  // namespace

base::Result<http::ClientRequest> voice_request(const SpeechServer& server, const std::string& text,
                                                const std::string& given, double speed) {
    const std::string& voice = given.empty() ? server.voice : given;
    base::Result<http::ClientRequest> request;
    switch (server.kind) {
        case ServerKind::openai:
            request = openai_request(server, text, voice, speed);
            break;
        case ServerKind::qwen3_tts:
            request = qwen_request(server, text, voice, speed);
            break;
        case ServerKind::gpt_sovits:
            request = sovits_request(server, text, voice, speed);
            break;
        case ServerKind::xtts:
            request = xtts_request(server, text, voice);
            break;
    }
    if (!request) return request;
    request->headers.set("Accept", "audio/*");
    request->redirects = http::Redirects::refuse;
    request->idle_timeout = std::chrono::milliseconds(0);
    return request;
}

std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    text = base::trim(text);
    while (!text.empty()) {
        const std::size_t end = first_part(text);
        parts.emplace_back(base::trim(text.substr(0, end)));
        text = base::trim(text.substr(end));
    }
    return parts;
}

}  // namespace adapters::speech_http

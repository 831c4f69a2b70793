#include "adapters/speech_http/speech_server.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

std::string usual_address(ServerKind kind) {
    switch (kind) {
        case ServerKind::openai:
            return "https://api.openai.com/v1";
        case ServerKind::gpt_sovits:
            return "http://127.0.0.1:9880";
        case ServerKind::qwen3_tts:
            return "http://127.0.0.1:8091/v1";
        case ServerKind::xtts:
            return "http://127.0.0.1:8020";
    }
    return {};
}

std::string setting(const SpeechServer& server, std::string_view name) {
    return fmt::format("speech.servers.{}.{}", server.name, name);
}

base::Result<void> missing(const SpeechServer& server, std::string_view what,
                           std::string_view name) {
    return base::fail(ErrorCode::unavailable,
                      fmt::format("{} ({}) needs {}", server.name, title(server.kind), what),
                      "set " + setting(server, name));
}

base::Result<void> check_voice(const SpeechServer& server) {
    if (server.kind == ServerKind::gpt_sovits && server.reference_audio.empty()) {
        return missing(server, "a recording of the voice", "reference_audio");
    }
    if (server.kind == ServerKind::xtts) {
        if (server.voice.empty() && server.reference_audio.empty()) {
            return missing(server, "the name of a speaker", "voice");
        }
        if (server.language.empty()) return missing(server, "the language to speak", "language");
    }
    return {};
}

}  // namespace

std::string_view title(ServerKind kind) {
    switch (kind) {
        case ServerKind::openai:
            return "OpenAI form";
        case ServerKind::gpt_sovits:
            return "GPT-SoVITS";
        case ServerKind::qwen3_tts:
            return "Qwen3-TTS";
        case ServerKind::xtts:
            return "XTTS";
    }
    return {};
}

ServerKind kind_of_name(std::string_view name) {
    const std::string lower = base::to_lower_ascii(name);
    if (lower.contains("sovits")) return ServerKind::gpt_sovits;
    if (lower.contains("qwen")) return ServerKind::qwen3_tts;
    if (lower.contains("xtts")) return ServerKind::xtts;
    return ServerKind::openai;
}

SpeechServer completed(SpeechServer server) {
    if (server.endpoint.base_url.empty()) server.endpoint.base_url = usual_address(server.kind);
    server.endpoint.key_setting = setting(server, "api_key");
    // Silence is measured by the clock port, not by the client.
    server.endpoint.idle_timeout = std::chrono::milliseconds(0);
    llm_wire::register_secrets(server.endpoint);
    if (!server.endpoint.api_key.empty()) {
        server.endpoint.headers.emplace_back("Authorization", "Bearer " + server.endpoint.api_key);
    }
    return server;
}

base::Result<void> check(const SpeechServer& server, Use use) {
    const auto place = place_of(server);
    if (server.reach == Reach::this_machine && place != ports::LlmPlace::here) {
        return base::fail(
            ErrorCode::forbidden,
            fmt::format("{} computes elsewhere, and llm.privacy is local_only", who(server)),
            "choose an engine of this machine, or set llm.privacy to any");
    }
    if (use == Use::hearing && server.kind != ServerKind::openai) {
        return base::fail(
            ErrorCode::unsupported,
            fmt::format("{} ({}) speaks and does not hear", server.name, title(server.kind)),
            "choose another for speech.recogniser");
    }
    if (server.kind == ServerKind::openai && server.endpoint.api_key.empty() &&
        place == ports::LlmPlace::cloud) {
        return base::fail(ErrorCode::unauthorized, fmt::format("{} needs a key", who(server)),
                          "set " + server.endpoint.key_setting);
    }
    return use == Use::speaking ? check_voice(server) : base::Result<void>{};
}

ports::LlmPlace place_of(const SpeechServer& server) {
    return llm_wire::place_of(server.endpoint.base_url);
}

std::string shown_url(const SpeechServer& server) {
    std::string url = server.endpoint.base_url;
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
    const auto at = url.rfind('@', end);
    if (at != std::string::npos && at > scheme) url.erase(scheme + 3, at - scheme - 2);
    return url.substr(0, url.find_first_of("?#"));
}

std::string who(const SpeechServer& server) {
    return fmt::format("{} at {}", server.name, shown_url(server));
}

}  // namespace adapters::speech_http

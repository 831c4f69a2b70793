#include "api/realtime/session_config.hpp"

#include <array>
#include <initializer_list>

#include <fmt/core.h>

namespace realtime {
namespace {

using Names = std::initializer_list<std::string_view>;

std::unexpected<Fault> invalid(const std::string& param, std::string message) {
    return refuse("invalid_value", std::move(message), param);
}

// An object with none but these keys.
Checked<void> check_keys(const json::Value& value, Names known, const std::string& param) {
    if (!value.is_object()) return invalid(param, fmt::format("{} must be an object", param));
    for (const auto& [key, item] : value.get_object()) {
        const std::string_view name(key.data(), key.size());
        bool found = false;
        for (const auto& one : known) found = found || one == name;
        if (!found) {
            return refuse("unknown_parameter", fmt::format("unknown parameter: {}.{}", param, name),
                          fmt::format("{}.{}", param, name));
        }
    }
    return {};
}

Checked<void> read_text(const json::Value& value, const std::string& param, std::string& out) {
    if (!value.is_null() && !value.is_string()) return invalid(param, param + " must be a text");
    out = json::string_or(&value);
    return {};
}

Checked<void> read_flag(const json::Value& value, const std::string& param, bool& out) {
    if (!value.is_bool()) return invalid(param, param + " must be true or false");
    out = value.get_bool();
    return {};
}

Checked<void> read_time(const json::Value& value, const std::string& param, int low, int high,
                        voice::Time& out) {
    const auto ms = json::int_or(&value, -1);
    if (!value.is_number() || ms < low || ms > high) {
        return invalid(param, fmt::format("{} must be from {} to {}", param, low, high));
    }
    out = voice::Time(ms);
    return {};
}

Checked<void> read_modalities(const json::Value& value, const std::string& param, bool& speaks) {
    const bool one = value.is_array() && value.get_array().size() == 1;
    const std::string name = one ? json::string_or(&value.get_array()[0]) : std::string();
    if (name != "audio" && name != "text") {
        return invalid(param, "output_modalities is [\"audio\"] or [\"text\"]");
    }
    speaks = name == "audio";
    return {};
}

Checked<void> read_server_vad(const json::Value& value, const std::string& param, Detection& out) {
    TRY_DO(check_keys(value,
                      {"type", "threshold", "prefix_padding_ms", "silence_duration_ms",
                       "idle_timeout_ms", "create_response", "interrupt_response"},
                      param));
    auto& turns = out.turns;
    turns.mode = voice::TurnMode::server_vad;
    if (const auto* given = json::find(value, "threshold"); given && !given->is_null()) {
        const double threshold = json::number_or(given, -1);
        if (threshold < 0 || threshold > 1) {
            return invalid(param + ".threshold", "threshold must be from 0 to 1");
        }
        turns.start_threshold = static_cast<float>(threshold);
        turns.stop_threshold = std::max(0.01F, turns.start_threshold - 0.15F);
        turns.stop_threshold = std::min(turns.stop_threshold, turns.start_threshold);
    }
    if (const auto* given = json::find(value, "prefix_padding_ms"); given && !given->is_null()) {
        TRY_DO(read_time(*given, param + ".prefix_padding_ms", 0, 5'000, turns.prefix_padding));
    }
    if (const auto* given = json::find(value, "silence_duration_ms"); given && !given->is_null()) {
        TRY_DO(read_time(*given, param + ".silence_duration_ms", 64, 10'000, turns.silence));
    }
    if (const auto* given = json::find(value, "idle_timeout_ms")) {
        turns.idle_timeout.reset();
        if (!given->is_null()) {
            voice::Time idle{0};
            TRY_DO(read_time(*given, param + ".idle_timeout_ms", 5'000, 30'000, idle));
            turns.idle_timeout = idle;
        }
    }
    return {};
}

Checked<void> read_semantic_vad(const json::Value& value, const std::string& param,
                                Detection& out) {
    TRY_DO(
        check_keys(value, {"type", "eagerness", "create_response", "interrupt_response"}, param));
    out.turns.mode = voice::TurnMode::semantic_vad;
    const auto* given = json::find(value, "eagerness");
    if (given == nullptr || given->is_null()) return {};
    using voice::Eagerness;
    constexpr std::array<std::pair<std::string_view, Eagerness>, 4> kNames{
        {{"low", Eagerness::low},
         {"medium", Eagerness::medium},
         {"high", Eagerness::high},
         {"auto", Eagerness::automatic}}};
    const std::string name = json::string_or(given);
    for (const auto& [known, eagerness] : kNames) {
        if (known != name) continue;
        out.turns.eagerness = eagerness;
        return {};
    }
    return invalid(param + ".eagerness", "eagerness is low, medium, high or auto");
}

Checked<void> read_detection(const json::Value& value, const std::string& param,
                             std::optional<Detection>& out) {
    if (value.is_null()) {
        out.reset();
        return {};
    }
    const auto mode = out ? out->turns.mode : voice::TurnMode::server_vad;
    const std::string type =
        json::string_or(json::find(value, "type"),
                        mode == voice::TurnMode::semantic_vad ? "semantic_vad" : "server_vad");
    // Another kind begins with its own defaults; the same kind is changed where it is named.
    const bool same =
        out && type == (mode == voice::TurnMode::semantic_vad ? "semantic_vad" : "server_vad");
    Detection made = same ? *out : Detection{};
    if (type == "server_vad") {
        TRY_DO(read_server_vad(value, param, made));
    } else if (type == "semantic_vad") {
        TRY_DO(read_semantic_vad(value, param, made));
    } else if (type == "none") {
        out.reset();
        return {};
    } else {
        return invalid(param + ".type", "turn detection is server_vad, semantic_vad or null");
    }
    for (const auto& [name, flag] : {std::pair{"create_response", &made.create_response},
                                     std::pair{"interrupt_response", &made.interrupt_response}}) {
        const auto* given = json::find(value, name);
        if (given != nullptr && !given->is_null()) {
            TRY_DO(read_flag(*given, param + "." + name, *flag));
        }
    }
    out = made;
    return {};
}

Checked<void> read_transcription(const json::Value& value, const std::string& param,
                                 std::optional<Transcription>& out) {
    if (value.is_null()) {
        out.reset();
        return {};
    }
    TRY_DO(check_keys(value, {"model", "language", "prompt", "delay"}, param));
    Transcription made = out.value_or(Transcription{});
    for (const auto& [name, text] :
         {std::pair{"model", &made.model}, std::pair{"language", &made.language},
          std::pair{"prompt", &made.prompt}}) {
        const auto* given = json::find(value, name);
        if (given != nullptr) TRY_DO(read_text(*given, param + "." + name, *text));
    }
    out = std::move(made);
    return {};
}

Checked<void> read_noise(const json::Value& value, const std::string& param, Noise& out) {
    if (value.is_null()) {
        out = Noise::none;
        return {};
    }
    const std::string type = json::string_or(json::find(value, "type"));
    if (type != "near_field" && type != "far_field") {
        return invalid(param + ".type", "noise reduction is near_field, far_field or null");
    }
    out = type == "near_field" ? Noise::near_field : Noise::far_field;
    return {};
}

Checked<void> read_input(const json::Value& value, SessionConfig& out) {
    const std::string param = "session.audio.input";
    TRY_DO(
        check_keys(value, {"format", "noise_reduction", "transcription", "turn_detection"}, param));
    if (const auto* given = json::find(value, "format"); given && !given->is_null()) {
        TRY(format, read_format(*given, param + ".format"));
        out.input = format;
    }
    if (const auto* given = json::find(value, "noise_reduction")) {
        TRY_DO(read_noise(*given, param + ".noise_reduction", out.noise));
    }
    if (const auto* given = json::find(value, "transcription")) {
        TRY_DO(read_transcription(*given, param + ".transcription", out.transcription));
    }
    if (const auto* given = json::find(value, "turn_detection")) {
        TRY_DO(read_detection(*given, param + ".turn_detection", out.detection));
    }
    return {};
}

Checked<void> read_output(const json::Value& value, const std::string& param, SessionConfig& out) {
    TRY_DO(check_keys(value, {"format", "voice", "speed"}, param));
    if (const auto* given = json::find(value, "format"); given && !given->is_null()) {
        TRY(format, read_format(*given, param + ".format"));
        out.output = format;
    }
    if (const auto* given = json::find(value, "voice"); given && !given->is_null()) {
        const auto* named = given->is_object() ? json::find(*given, "id") : given;
        if (named == nullptr || !named->is_string()) {
            return invalid(param + ".voice", "voice is a name or {id}");
        }
        out.voice = json::string_or(named);
    }
    if (const auto* given = json::find(value, "speed"); given && !given->is_null()) {
        const double speed = json::number_or(given, 0);
        if (speed < 0.25 || speed > 1.5) {
            return invalid(param + ".speed", "speed must be from 0.25 to 1.5");
        }
        out.speed = speed;
    }
    return {};
}

Checked<void> read_tools(const json::Value& value, const std::string& param, json::Array& out) {
    if (value.is_null()) {
        out.clear();
        return {};
    }
    if (!value.is_array()) return invalid(param, "tools must be a list");
    for (const auto& tool : value.get_array()) {
        const std::string type = json::string_or(json::find(tool, "type"));
        if (type == "mcp") return invalid(param, "MCP tools are not offered here yet");
        if (type != "function") return invalid(param, "a tool has the type function");
        if (json::string_or(json::find(tool, "name")).empty()) {
            return refuse("missing_required_parameter", "a tool needs a name", param + ".name");
        }
        const auto* parameters = json::find(tool, "parameters");
        if (parameters != nullptr && !parameters->is_object() && !parameters->is_null()) {
            return invalid(param + ".parameters", "parameters must be a JSON schema");
        }
    }
    out = value.get_array();
    return {};
}

Checked<void> read_choice(const json::Value& value, const std::string& param, json::Value& out) {
    const std::string word = json::string_or(&value);
    const bool named = json::string_or(json::find(value, "type")) == "function" &&
                       !json::string_or(json::find(value, "name")).empty();
    if (!named && word != "auto" && word != "none" && word != "required") {
        return invalid(param, "tool_choice is auto, none, required or {type: function, name}");
    }
    out = value;
    return {};
}

Checked<void> read_most(const json::Value& value, const std::string& param,
                        std::optional<int>& out) {
    if (value.is_null() || json::string_or(&value) == "inf") {
        out.reset();
        return {};
    }
    const auto most = json::int_or(&value, 0);
    if (most < 1 || most > 4'096)
        return invalid(param, "max_output_tokens is 1 to 4096 or \"inf\"");
    out = static_cast<int>(most);
    return {};
}

// What a session and one response have in common.
Checked<void> read_shared(const json::Value& update, const std::string& at, SessionConfig& out) {
    if (const auto* given = json::find(update, "instructions")) {
        TRY_DO(read_text(*given, at + ".instructions", out.instructions));
    }
    if (const auto* given = json::find(update, "output_modalities"); given && !given->is_null()) {
        TRY_DO(read_modalities(*given, at + ".output_modalities", out.speaks));
    }
    if (const auto* given = json::find(update, "tools")) {
        TRY_DO(read_tools(*given, at + ".tools", out.tools));
    }
    if (const auto* given = json::find(update, "tool_choice"); given && !given->is_null()) {
        TRY_DO(read_choice(*given, at + ".tool_choice", out.tool_choice));
    }
    if (const auto* given = json::find(update, "max_output_tokens")) {
        TRY_DO(read_most(*given, at + ".max_output_tokens", out.max_output_tokens));
    }
    if (const auto* given = json::find(update, "temperature"); given && given->is_number()) {
        out.temperature = json::number_or(given, 0.8);
    }
    return {};
}

Checked<void> read_audio_settings(const json::Value& update, SessionConfig& out) {
    const auto* audio = json::find(update, "audio");
    if (audio == nullptr || audio->is_null()) return {};
    TRY_DO(check_keys(*audio, {"input", "output"}, "session.audio"));
    if (const auto* input = json::find(*audio, "input"); input && !input->is_null()) {
        TRY_DO(read_input(*input, out));
    }
    if (const auto* output = json::find(*audio, "output"); output && !output->is_null()) {
        TRY_DO(read_output(*output, "session.audio.output", out));
    }
    return {};
}

}  // namespace

Checked<SessionConfig> merge(SessionConfig config, const json::Value& update, MergeLimits limits) {
    TRY_DO(check_keys(
        update,
        {"type", "object", "id", "expires_at", "model", "instructions", "output_modalities",
         "audio", "tools", "tool_choice", "max_output_tokens", "temperature", "truncation",
         "tracing", "prompt", "include", "reasoning", "parallel_tool_calls", "client_secret"},
        "session"));
    const std::string voice = config.voice;
    const double speed = config.speed;
    if (const auto* type = json::find(update, "type")) {
        const std::string wanted =
            config.purpose == Purpose::transcription ? "transcription" : "realtime";
        if (json::string_or(type) != wanted) {
            return invalid("session.type", "this is a session of type " + wanted);
        }
    }
    TRY_DO(read_shared(update, "session", config));
    TRY_DO(read_audio_settings(update, config));
    for (const auto& [name, kept] :
         {std::pair{"truncation", &config.truncation}, std::pair{"prompt", &config.prompt},
          std::pair{"include", &config.include}, std::pair{"reasoning", &config.reasoning},
          std::pair{"parallel_tool_calls", &config.parallel_tool_calls}}) {
        if (const auto* given = json::find(update, name)) *kept = *given;
    }
    if (const auto* given = json::find(update, "tracing")) {
        if (!config.tracing.is_null() && !given->is_null() && *given != config.tracing) {
            return invalid("session.tracing", "tracing cannot change once it is on");
        }
        config.tracing = *given;
    }
    if (limits.voice_frozen && config.voice != voice) {
        return refuse("cannot_update_voice", "the voice cannot change once it was heard",
                      "session.audio.output.voice");
    }
    if (limits.speaking && config.speed != speed) {
        return invalid("session.audio.output.speed", "the speed changes only between turns");
    }
    return config;
}

Checked<SessionConfig> merge_response(SessionConfig config, const json::Value& overrides) {
    TRY_DO(check_keys(overrides,
                      {"instructions", "tools", "tool_choice", "output_modalities", "audio",
                       "max_output_tokens", "conversation", "input", "metadata", "prompt",
                       "temperature", "reasoning", "parallel_tool_calls"},
                      "response"));
    // Here null means "as the session has it"; in an update it means "none". Clients write every
    // field they know.
    json::Object given;
    for (const auto& [key, value] : overrides.get_object()) {
        if (!value.is_null()) given[key] = value;
    }
    TRY_DO(read_shared(given, "response", config));
    const auto* audio = given.if_contains("audio");
    if (audio == nullptr) return config;
    TRY_DO(check_keys(*audio, {"output"}, "response.audio"));
    if (const auto* output = json::find(*audio, "output"); output && !output->is_null()) {
        TRY_DO(read_output(*output, "response.audio.output", config));
    }
    return config;
}

}  // namespace realtime

// How a session is shown to its client.
#include "api/realtime/session_config.hpp"

namespace realtime {
namespace {

std::string_view name_of(voice::Eagerness eagerness) {
    switch (eagerness) {
        case voice::Eagerness::low:
            return "low";
        case voice::Eagerness::medium:
            return "medium";
        case voice::Eagerness::high:
            return "high";
        case voice::Eagerness::automatic:
            break;
    }
    return "auto";
}

json::Value detection_json(const std::optional<Detection>& detection, Purpose purpose) {
    if (!detection) return nullptr;
    const auto& turns = detection->turns;
    json::Object out;
    if (turns.mode == voice::TurnMode::semantic_vad) {
        out["type"] = "semantic_vad";
        out["eagerness"] = name_of(turns.eagerness);
    } else {
        out["type"] = "server_vad";
        // As it was given: a float would show as 0.30000001192092896.
        out["threshold"] = static_cast<int>(turns.start_threshold * 10'000 + 0.5F) / 10'000.0;
        out["prefix_padding_ms"] = turns.prefix_padding.count();
        out["silence_duration_ms"] = turns.silence.count();
        out["idle_timeout_ms"] =
            turns.idle_timeout ? json::Value(turns.idle_timeout->count()) : json::Value();
    }
    if (purpose == Purpose::conversation) {
        out["create_response"] = detection->create_response;
        out["interrupt_response"] = detection->interrupt_response;
    }
    return out;
}

json::Value transcription_json(const std::optional<Transcription>& transcription) {
    if (!transcription) return nullptr;
    json::Object out;
    if (!transcription->model.empty()) out["model"] = transcription->model;
    if (!transcription->language.empty()) out["language"] = transcription->language;
    if (!transcription->prompt.empty()) out["prompt"] = transcription->prompt;
    return out;
}

json::Value noise_json(Noise noise) {
    if (noise == Noise::none) return nullptr;
    return json::Object{{"type", noise == Noise::near_field ? "near_field" : "far_field"}};
}

}  // namespace

json::Object to_json(const SessionConfig& config) {
    json::Object input{{"format", to_json(config.input)},
                       {"transcription", transcription_json(config.transcription)},
                       {"noise_reduction", noise_json(config.noise)},
                       {"turn_detection", detection_json(config.detection, config.purpose)}};
    json::Object out;
    if (config.purpose == Purpose::transcription) {
        out["type"] = "transcription";
        out["object"] = "realtime.transcription_session";
        out["audio"] = json::Object{{"input", std::move(input)}};
        out["include"] = config.include;
        return out;
    }
    out["type"] = "realtime";
    out["object"] = "realtime.session";
    out["model"] = config.model;
    out["output_modalities"] = json::Array{config.speaks ? "audio" : "text"};
    out["instructions"] = config.instructions;
    out["tools"] = config.tools;
    out["tool_choice"] = config.tool_choice;
    out["max_output_tokens"] =
        config.max_output_tokens ? json::Value(*config.max_output_tokens) : json::Value("inf");
    out["tracing"] = config.tracing;
    out["truncation"] = config.truncation;
    out["prompt"] = config.prompt;
    out["audio"] = json::Object{{"input", std::move(input)},
                                {"output", json::Object{{"format", to_json(config.output)},
                                                        {"voice", config.voice},
                                                        {"speed", config.speed}}}};
    out["include"] = config.include;
    if (!config.reasoning.is_null()) out["reasoning"] = config.reasoning;
    return out;
}

}  // namespace realtime

// SessionConfig: what a Realtime session is set to, how an update is merged into it and how it is
// shown. An update is checked as a whole: either all of it holds, or nothing changes. Values; any
// thread. Everything is in the current (GA) form; dialect.hpp turns the older one into it.
#pragma once

#include <optional>
#include <string>

#include "api/realtime/audio_codec.hpp"
#include "voice/turn_settings.hpp"

namespace realtime {

enum class Purpose { conversation, transcription };
enum class Noise { none, near_field, far_field };

struct Detection {
    voice::TurnSettings turns;
    bool create_response = true;
    bool interrupt_response = true;
};

struct Transcription {
    std::string model;
    std::string language;
    std::string prompt;
};

struct SessionConfig {
    Purpose purpose = Purpose::conversation;
    std::string model;  // as the client named it
    std::string instructions;
    bool speaks = true;  // output_modalities: audio or text
    Format input = Format::pcm;
    Format output = Format::pcm;
    Noise noise = Noise::none;
    std::optional<Transcription> transcription;
    std::optional<Detection> detection = Detection{};  // empty: manual
    std::string voice;                                 // as the client named it
    double speed = 1;
    json::Array tools;
    json::Value tool_choice = "auto";
    std::optional<int> max_output_tokens;  // empty: "inf"
    std::optional<double> temperature;     // of the older form
    // Shown as given.
    json::Value truncation = "auto";
    json::Value tracing;
    json::Value prompt;
    json::Value include;
    json::Value reasoning;
    json::Value parallel_tool_calls = true;
};

struct MergeLimits {
    bool voice_frozen = false;  // there was sound in this voice already
    bool speaking = false;      // a response is on its way: its speed stays
};

[[nodiscard]] Checked<SessionConfig> merge(SessionConfig config, const json::Value& update,
                                           MergeLimits limits);
// The `session` of session.created, without id and expiry.
[[nodiscard]] json::Object to_json(const SessionConfig& config);

// The parts that response.create may override.
[[nodiscard]] Checked<SessionConfig> merge_response(SessionConfig config,
                                                    const json::Value& overrides);

}  // namespace realtime

#include "api/realtime/dialect.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace realtime {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 3> kFormats{
    {{"pcm16", "audio/pcm"}, {"g711_ulaw", "audio/pcmu"}, {"g711_alaw", "audio/pcma"}}};

// Names of events that changed: older, current.
constexpr std::array<Pair, 6> kEvents{
    {{"response.audio.delta", "response.output_audio.delta"},
     {"response.audio.done", "response.output_audio.done"},
     {"response.audio_transcript.delta", "response.output_audio_transcript.delta"},
     {"response.audio_transcript.done", "response.output_audio_transcript.done"},
     {"response.text.delta", "response.output_text.delta"},
     {"response.text.done", "response.output_text.done"}}};

constexpr std::array<std::string_view, 6> kFlat{"modalities",
                                                "input_audio_format",
                                                "output_audio_format",
                                                "input_audio_transcription",
                                                "input_audio_noise_reduction",
                                                "max_response_output_tokens"};

json::Value older_format(const json::Value* format) {
    const std::string type =
        json::string_or(format == nullptr ? nullptr : json::find(*format, "type"));
    for (const auto& [older, current] : kFormats) {
        if (current == type) return json::Value(older);
    }
    return "pcm16";
}

json::Value current_format(const json::Value& format) {
    for (const auto& [older, current] : kFormats) {
        if (json::string_or(&format) == older) return json::Object{{"type", current}};
    }
    return json::Object{{"type", json::string_or(&format)}};
}

// ["audio", "text"] in any order is what "audio" means now.
json::Value current_modalities(const json::Value& modalities) {
    bool audio = false;
    if (!modalities.is_array()) return modalities;
    for (const auto& one : modalities.get_array())
        audio = audio || json::string_or(&one) == "audio";
    return json::Array{audio ? "audio" : "text"};
}

json::Value older_modalities(const json::Value* modalities) {
    const bool text = modalities != nullptr && modalities->is_array() &&
                      modalities->get_array().size() == 1 &&
                      json::string_or(&modalities->get_array()[0]) == "text";
    return text ? json::Array{"text"} : json::Array{"audio", "text"};
}

// Settings of a session or a response, flat to nested.
json::Object current_settings(const json::Object& flat) {
    json::Object out;
    json::Object input;
    json::Object output;
    if (const auto* audio = flat.if_contains("audio"); audio && audio->is_object()) {
        if (const auto* part = json::find(*audio, "input"); part && part->is_object()) {
            input = part->get_object();
        }
        if (const auto* part = json::find(*audio, "output"); part && part->is_object()) {
            output = part->get_object();
        }
    }
    for (const auto& [key, value] : flat) {
        const std::string_view name(key.data(), key.size());
        if (name == "audio") continue;
        if (name == "modalities") {
            out["output_modalities"] = current_modalities(value);
        } else if (name == "input_audio_format") {
            input["format"] = current_format(value);
        } else if (name == "output_audio_format") {
            output["format"] = current_format(value);
        } else if (name == "input_audio_transcription") {
            input["transcription"] = value;
        } else if (name == "input_audio_noise_reduction") {
            input["noise_reduction"] = value;
        } else if (name == "turn_detection") {
            input["turn_detection"] = value;
        } else if (name == "voice" || name == "speed") {
            output[key] = value;
        } else if (name == "max_response_output_tokens") {
            out["max_output_tokens"] = value;
        } else {
            out[key] = value;
        }
    }
    json::Object audio;
    if (!input.empty()) audio["input"] = std::move(input);
    if (!output.empty()) audio["output"] = std::move(output);
    if (!audio.empty()) out["audio"] = std::move(audio);
    return out;
}

void rename_content(json::Value& item, std::string_view from, std::string_view to) {
    if (!item.is_object()) return;
    auto* content = item.get_object().if_contains("content");
    if (content == nullptr || !content->is_array()) return;
    for (auto& part : content->get_array()) {
        if (json::string_or(json::find(part, "type")) == from) part.get_object()["type"] = to;
    }
}

// Content of an assistant's item had plainer names.
void item_to_current(json::Value& item) {
    if (json::string_or(json::find(item, "role")) != "assistant") return;
    rename_content(item, "text", "output_text");
    rename_content(item, "audio", "output_audio");
}

void item_to_older(json::Value& item) {
    rename_content(item, "output_text", "text");
    rename_content(item, "output_audio", "audio");
}

void response_to_older(json::Value& response) {
    if (!response.is_object()) return;
    auto& fields = response.get_object();
    if (auto* output = fields.if_contains("output"); output && output->is_array()) {
        for (auto& item : output->get_array()) item_to_older(item);
    }
    fields["modalities"] = older_modalities(fields.if_contains("output_modalities"));
    fields.erase("output_modalities");
    if (const auto* found = json::find_path(response, "audio.output")) {
        const json::Value output = *found;
        fields["voice"] = json::string_or(json::find(output, "voice"));
        fields["output_audio_format"] = older_format(json::find(output, "format"));
        fields.erase("audio");
    }
}

}  // namespace

bool is_beta(const json::Value& event) {
    const std::string type = json::string_or(json::find(event, "type"));
    if (type == "transcription_session.update") return true;
    if (type != "session.update") return false;
    const auto* session = json::find(event, "session");
    if (session == nullptr || json::find(*session, "type") != nullptr) return false;
    for (const auto& name : kFlat) {
        if (json::find(*session, name) != nullptr) return true;
    }
    return json::find(*session, "audio") == nullptr &&
           (json::find(*session, "voice") != nullptr ||
            json::find(*session, "turn_detection") != nullptr);
}

json::Value from_beta(json::Value event) {
    if (!event.is_object()) return event;
    auto& fields = event.get_object();
    if (json::string_or(json::find(event, "type")) == "transcription_session.update") {
        fields["type"] = "session.update";
    }
    for (const char* name : {"session", "response"}) {
        auto* settings = fields.if_contains(name);
        if (settings != nullptr && settings->is_object()) {
            *settings = current_settings(settings->get_object());
        }
    }
    if (auto* item = fields.if_contains("item")) item_to_current(*item);
    return event;
}

json::Object session_to_beta(const json::Object& session) {
    const json::Value whole(session);
    const auto* input = json::find_path(whole, "audio.input");
    const auto* output = json::find_path(whole, "audio.output");
    json::Object out;
    for (const auto& [key, value] : session) {
        const std::string_view name(key.data(), key.size());
        const bool newer = name == "audio" || name == "type" || name == "output_modalities" ||
                           name == "max_output_tokens" || name == "truncation" ||
                           name == "include" || name == "prompt" || name == "reasoning";
        if (!newer) out[key] = value;
    }
    if (session.contains("output_modalities")) {
        out["modalities"] = older_modalities(session.if_contains("output_modalities"));
        out["max_response_output_tokens"] = *session.if_contains("max_output_tokens");
    }
    const auto copy = [&](std::string_view to, const json::Value* from, std::string_view key) {
        const auto* value = from == nullptr ? nullptr : json::find(*from, key);
        out[to] = value == nullptr ? json::Value() : *value;
    };
    if (input != nullptr) {
        out["input_audio_format"] = older_format(json::find(*input, "format"));
        copy("input_audio_transcription", input, "transcription");
        copy("input_audio_noise_reduction", input, "noise_reduction");
        copy("turn_detection", input, "turn_detection");
    }
    if (output != nullptr) {
        out["output_audio_format"] = older_format(json::find(*output, "format"));
        copy("voice", output, "voice");
        copy("speed", output, "speed");
    }
    return out;
}

json::Value to_beta(json::Object event) {
    const std::string type = json::string_or(event.if_contains("type"));
    for (const auto& [older, current] : kEvents) {
        if (current == type) event["type"] = older;
    }
    if (type == "conversation.item.added") event["type"] = "conversation.item.created";
    // It came whole with conversation.item.created.
    if (type == "conversation.item.done") return nullptr;
    if (auto* session = event.if_contains("session"); session && session->is_object()) {
        *session = session_to_beta(session->get_object());
    }
    if (auto* item = event.if_contains("item")) item_to_older(*item);
    if (auto* response = event.if_contains("response")) response_to_older(*response);
    return event;
}

}  // namespace realtime

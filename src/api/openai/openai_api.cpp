#include "api/openai/openai_api.hpp"

#include <utility>

namespace openai {
namespace {

using Handling = async::Task<base::Result<http::Response>>;

json::Value model_row(std::string_view id, std::string_view owner, long long created) {
    return json::Object{{"id", id}, {"object", "model"}, {"created", created}, {"owned_by", owner}};
}

std::string_view owner_of(ports::LlmPlace place) {
    return place == ports::LlmPlace::cloud ? "cloud" : "loci";
}

json::Array model_rows(const OpenAiApi& api) {
    const auto& context = api.context();
    // These lie here for an unknown time: the second in which they are asked for.
    const long long now = context.clock.wall_ms() / 1000;
    json::Array rows;
    rows.push_back(model_row("loci/companion", "loci", now));
    for (const auto& route : context.router.routes()) {
        rows.push_back(model_row(route.profile.id, owner_of(route.profile.place), now));
    }
    if (!context.speech) return rows;
    if (const auto heard = context.speech->hearing.name(); !heard.empty()) {
        rows.push_back(model_row(heard, "loci", now));
    }
    for (const auto& voice : context.speech->speaking.voices()) {
        if (voice.lacks.empty()) rows.push_back(model_row(voice.id, "loci", now));
    }
    return rows;
}

Handling list_models(OpenAiApi& api, std::shared_ptr<http::Request>) {
    co_return http::json_response(
        json::write(json::Object{{"object", "list"}, {"data", model_rows(api)}}));
}

Handling find_model(OpenAiApi& api, std::shared_ptr<http::Request> request) {
    const std::string id = request->params.at("id");
    for (auto& row : model_rows(api)) {
        if (json::string_or(json::find(row, "id")) == id) {
            co_return http::json_response(json::write(row));
        }
    }
    co_return error_answer(
        base::make_error(base::ErrorCode::not_found, "there is no model of that name here"));
}

Handling listening_status(OpenAiApi& api, std::shared_ptr<http::Request>) {
    const auto& context = api.context();
    json::Object out;
    const std::string model = context.speech ? context.speech->hearing.name() : std::string();
    out["enabled"] = !model.empty();
    out["model"] = model;
    const OwnersWishes owner = context.owner();
    out["language"] = owner.language;
    out["wakeword_enabled"] = !model.empty() && !owner.wake_phrase.empty();
    out["wakeword_keyword"] = owner.wake_phrase;
    // A microphone is opened by a click in the page, never by the server.
    out["wakeword_auto_start"] = false;
    co_return http::json_response(json::write(out));
}

}  // namespace

OpenAiApi::OpenAiApi(OpenAiContext context) : context_(std::move(context)), files_("sound files") {}

base::Result<ports::SpeechPorts> OpenAiApi::speech() const {
    if (context_.speech) return *context_.speech;
    return base::fail(base::ErrorCode::unavailable, "the engine that hears and speaks is off",
                      "set engine.mode to child");
}

void OpenAiApi::add_routes(http::Router& router) {
    router.add("GET", "/v1/models", [this](auto request) { return list_models(*this, request); });
    router.add("GET", "/v1/models/{id...}",
               [this](auto request) { return find_model(*this, request); });
    router.add("GET", "/api/stt/status",
               [this](auto request) { return listening_status(*this, request); });
    add_speech_routes(router, *this);
    add_transcription_routes(router, *this);
}

}  // namespace openai

#include "adapters/llm_ollama/ollama_llm.hpp"

#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"

namespace adapters {
namespace {

constexpr std::size_t kMostModels = 5'000;

OllamaOptions prepared(OllamaOptions options) {
    auto& endpoint = options.endpoint;
    if (endpoint.base_url.empty()) endpoint.base_url = "http://127.0.0.1:11434";
    while (endpoint.base_url.ends_with('/')) endpoint.base_url.pop_back();
    // People copy the OpenAI or the native path along.
    for (const std::string_view end : {"/api", "/v1"}) {
        if (endpoint.base_url.ends_with(end)) {
            endpoint.base_url.resize(endpoint.base_url.size() - end.size());
        }
    }
    llm_wire::register_secrets(endpoint);
    if (!endpoint.api_key.empty()) {
        endpoint.headers.emplace_back("Authorization", "Bearer " + endpoint.api_key);
    }
    return options;
}

std::set<std::string> names_in(const json::Value& answer) {
    std::set<std::string> names;
    const auto* list = json::find(answer, "models");
    if (list == nullptr || !list->is_array()) return names;
    for (const auto& item : list->get_array()) {
        names.insert(json::string_or(json::find(item, "name")));
    }
    return names;
}

}  // namespace

bool is_ollama_cloud_model(std::string_view model) {
    return model.ends_with("-cloud") || model.ends_with(":cloud");
}

OllamaLlm::OllamaLlm(http::Client& client, const async::Clock& clock, OllamaOptions options)
    : client_(client),
      clock_(clock),
      options_(prepared(std::move(options))),
      place_(options_.cloud_models == OllamaCloudModels::allowed
                 ? ports::LlmPlace::cloud
                 : llm_wire::place_of(options_.endpoint.base_url)) {}

llm_wire::CallLabel OllamaLlm::label(std::string model) const {
    llm_wire::CallLabel label;
    label.provider = "ollama";
    label.key_setting = options_.endpoint.key_setting;
    label.model = std::move(model);
    label.base_url = options_.endpoint.base_url;
    label.start_hint = "start it with `ollama serve`, or change the provider in the settings";
    return label;
}

async::Task<base::Result<ports::LlmOutcome>> OllamaLlm::chat(ports::LlmRequest request,
                                                             ports::LlmSink& sink,
                                                             std::stop_token stop) {
    if (place_ != ports::LlmPlace::cloud && is_ollama_cloud_model(request.model)) {
        co_return base::fail(base::ErrorCode::forbidden,
                             fmt::format("`{}` is computed in Ollama's cloud, not on this machine",
                                         llm_wire::presentable(request.model)),
                             "choose another model, or allow cloud models in the settings");
    }
    const std::string model = request.model;
    auto call = label(model);
    CO_TRY(body, ollama_body(std::move(request),
                             {options_.num_ctx, options_.keep_alive, options_.think}));
    auto post = llm_wire::make_post(options_.endpoint,
                                    llm_wire::join_url(options_.endpoint.base_url, "/api/chat"),
                                    json::write(body));
    LineDecoder decoder(sink, call);
    auto stream = llm_wire::stream_reply({client_, clock_}, std::move(post), decoder,
                                         std::move(call), std::move(stop));
    auto outcome = co_await std::move(stream);
    if (!outcome && outcome.error().code == base::ErrorCode::not_found) {
        outcome.error().hint =
            fmt::format("bring it with `ollama pull {}`", llm_wire::presentable(model));
    }
    co_return outcome;
}

async::Task<base::Result<std::vector<ports::LlmModel>>> OllamaLlm::models() {
    auto get_tags = llm_wire::make_get(options_.endpoint,
                                       llm_wire::join_url(options_.endpoint.base_url, "/api/tags"));
    auto fetch_tags = llm_wire::fetch_json({client_, clock_}, std::move(get_tags), label({}));
    CO_TRY(tags, co_await std::move(fetch_tags));
    const auto* list = json::find(tags, "models");
    if (list == nullptr || !list->is_array()) {
        co_return base::fail(
            base::ErrorCode::upstream,
            fmt::format("ollama at {} lists no models", options_.endpoint.base_url),
            "check the base URL");
    }
    auto get_loaded = llm_wire::make_get(options_.endpoint,
                                         llm_wire::join_url(options_.endpoint.base_url, "/api/ps"));
    auto fetch_loaded = llm_wire::fetch_json({client_, clock_}, std::move(get_loaded), label({}));
    const auto running = co_await std::move(fetch_loaded);
    if (!running) {
        LOG_DEBUG("llm", "ollama does not tell what is loaded",
                  {"code", base::to_string(running.error().code)});
    }
    const auto loaded = running ? names_in(*running) : std::set<std::string>();
    std::vector<ports::LlmModel> models;
    for (const auto& item : list->get_array()) {
        if (models.size() == kMostModels) break;
        ports::LlmModel model;
        model.id = json::string_or(json::find(item, "name"));
        if (model.id.empty()) continue;
        model.name = model.id;
        const bool remote = is_ollama_cloud_model(model.id) ||
                            !json::string_or(json::find(item, "remote_host")).empty();
        model.place = remote ? ports::LlmPlace::cloud : place_;
        model.context_tokens = options_.num_ctx;
        model.loaded = loaded.contains(model.id);
        model.tools = true;
        models.push_back(std::move(model));
    }
    co_return models;
}

async::Task<base::Result<int>> OllamaLlm::count_tokens(std::string, std::string) {
    co_return base::fail(base::ErrorCode::unsupported, "ollama does not count tokens");
}

}  // namespace adapters

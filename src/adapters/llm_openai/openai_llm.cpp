#include "adapters/llm_openai/openai_llm.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "adapters/llm_openai/chunk_decoder.hpp"
#include "adapters/llm_openai/request_body.hpp"

namespace adapters {
namespace {

constexpr std::size_t kMostModels = 5'000;

ports::LlmModel read_model(const json::Value& item, const OpenAiQuirks& quirks,
                           ports::LlmPlace place) {
    ports::LlmModel model;
    model.id = json::string_or(json::find(item, "id"));
    // Gemini lists "models/gemini-…" but wants it without the folder.
    if (model.id.starts_with("models/")) model.id.erase(0, 7);
    model.name = json::string_or(json::find(item, "name"), model.id);
    model.place = place;
    model.loaded = quirks.kind == OpenAiKind::llama_server || quirks.kind == OpenAiKind::vllm;
    long long context = 0;
    for (const auto* path : {"context_length", "max_model_len", "max_context_length", "meta.n_ctx",
                             "meta.n_ctx_train"}) {
        if (context == 0) context = json::int_or(json::find_path(item, path), 0);
    }
    model.context_tokens = static_cast<int>(std::clamp<long long>(context, 0, 100'000'000));
    model.tools = true;
    const auto* supported = json::find(item, "supported_parameters");  // OpenRouter says which
    if (supported != nullptr && supported->is_array()) {
        model.tools = std::ranges::any_of(supported->get_array(), [](const json::Value& value) {
            return json::string_or(&value) == "tools";
        });
    }
    return model;
}

}  // namespace

OpenAiLlm::OpenAiLlm(http::Client& client, const async::Clock& clock, llm_wire::Endpoint endpoint,
                     const OpenAiQuirks& quirks)
    : client_(client),
      clock_(clock),
      endpoint_(std::move(endpoint)),
      quirks_(quirks),
      place_(llm_wire::place_of(endpoint_.base_url)) {}

base::Result<std::unique_ptr<OpenAiLlm>> OpenAiLlm::make(http::Client& client,
                                                         const async::Clock& clock,
                                                         OpenAiOptions options) {
    const auto& quirks = quirks_of(options.kind);
    auto& endpoint = options.endpoint;
    if (endpoint.base_url.empty()) endpoint.base_url = quirks.base_url;
    TRY(base_url, complete_base_url(endpoint.base_url));
    endpoint.base_url = std::move(base_url);
    if (quirks.needs_key && endpoint.api_key.empty() &&
        llm_wire::place_of(endpoint.base_url) == ports::LlmPlace::cloud) {
        return base::fail(base::ErrorCode::unauthorized, fmt::format("{} needs a key", quirks.name),
                          fmt::format("set {}", endpoint.key_setting));
    }
    llm_wire::register_secrets(endpoint);
    if (!endpoint.api_key.empty()) {
        endpoint.headers.emplace_back("Authorization", "Bearer " + endpoint.api_key);
    }
    if (!options.site.empty()) endpoint.headers.emplace_back("HTTP-Referer", options.site);
    if (!options.title.empty()) endpoint.headers.emplace_back("X-Title", options.title);
    return std::unique_ptr<OpenAiLlm>(new OpenAiLlm(client, clock, std::move(endpoint), quirks));
}

llm_wire::CallLabel OpenAiLlm::label(std::string model) const {
    llm_wire::CallLabel label;
    label.provider = std::string(quirks_.name);
    label.key_setting = endpoint_.key_setting;
    label.model = std::move(model);
    label.base_url = endpoint_.base_url;
    if (place_ != ports::LlmPlace::cloud) {
        label.start_hint = "start the model server, or change the provider in the settings";
    }
    return label;
}

async::Task<base::Result<ports::LlmOutcome>> OpenAiLlm::chat(ports::LlmRequest request,
                                                             ports::LlmSink& sink,
                                                             std::stop_token stop) {
    auto call = label(request.model);
    CO_TRY(body, openai_body(std::move(request), quirks_));
    auto post = llm_wire::make_post(
        endpoint_, llm_wire::join_url(endpoint_.base_url, "/chat/completions"), json::write(body));
    post.headers.set("Accept", "text/event-stream");
    ChunkDecoder decoder(sink, call);
    auto stream = llm_wire::stream_reply({client_, clock_}, std::move(post), decoder,
                                         std::move(call), std::move(stop));
    auto outcome = co_await std::move(stream);
    co_return outcome;
}

async::Task<base::Result<std::vector<ports::LlmModel>>> OpenAiLlm::models() {
    auto get = llm_wire::make_get(endpoint_, llm_wire::join_url(endpoint_.base_url, "/models"));
    auto fetch = llm_wire::fetch_json({client_, clock_}, std::move(get), label({}));
    CO_TRY(answer, co_await std::move(fetch));
    const auto* list = json::find(answer, "data");
    if (list == nullptr) list = json::find(answer, "models");
    if (list == nullptr && answer.is_array()) list = &answer;
    if (list == nullptr || !list->is_array()) {
        co_return base::fail(
            base::ErrorCode::upstream,
            fmt::format("{} at {} lists no models", quirks_.name, endpoint_.base_url),
            "check the base URL; most end in /v1");
    }
    std::vector<ports::LlmModel> models;
    for (const auto& item : list->get_array()) {
        if (models.size() == kMostModels) break;
        auto model = read_model(item, quirks_, place_);
        if (!model.id.empty()) models.push_back(std::move(model));
    }
    co_return models;
}

async::Task<base::Result<int>> OpenAiLlm::count_tokens(std::string model, std::string text) {
    if (quirks_.kind != OpenAiKind::llama_server) {
        co_return base::fail(base::ErrorCode::unsupported,
                             fmt::format("{} does not count tokens", quirks_.name));
    }
    std::string root = endpoint_.base_url;
    if (root.ends_with("/v1")) root.resize(root.size() - 3);
    json::Object body;
    body["content"] = text;
    auto post = llm_wire::make_post(endpoint_, llm_wire::join_url(root, "/tokenize"),
                                    json::write(json::Value(std::move(body))));
    auto fetch = llm_wire::fetch_json({client_, clock_}, std::move(post), label(std::move(model)));
    CO_TRY(answer, co_await std::move(fetch));
    const auto* tokens = json::find(answer, "tokens");
    if (tokens == nullptr || !tokens->is_array()) {
        co_return base::fail(base::ErrorCode::upstream,
                             fmt::format("{} answered without tokens", quirks_.name));
    }
    co_return static_cast<int>(tokens->get_array().size());
}

}  // namespace adapters

#include "adapters/llm_anthropic/anthropic_llm.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "adapters/llm_anthropic/message_decoder.hpp"

namespace adapters {

base::Result<std::unique_ptr<AnthropicLlm>> AnthropicLlm::make(http::Client& client,
                                                               const async::Clock& clock,
                                                               AnthropicOptions options) {
    auto& endpoint = options.endpoint;
    if (endpoint.base_url.empty()) endpoint.base_url = "https://api.anthropic.com";
    while (endpoint.base_url.ends_with('/')) endpoint.base_url.pop_back();
    if (endpoint.base_url.ends_with("/v1")) endpoint.base_url.resize(endpoint.base_url.size() - 3);
    const bool http =
        endpoint.base_url.starts_with("http://") || endpoint.base_url.starts_with("https://");
    if (!http) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the base URL of anthropic is not an http(s) address",
                          "write it like https://api.anthropic.com");
    }
    const bool cloud = llm_wire::place_of(endpoint.base_url) == ports::LlmPlace::cloud;
    if (cloud && endpoint.api_key.empty() && endpoint.headers.empty()) {
        return base::fail(base::ErrorCode::unauthorized, "anthropic needs a key",
                          fmt::format("set {}", endpoint.key_setting));
    }
    llm_wire::register_secrets(endpoint);
    if (!endpoint.api_key.empty()) endpoint.headers.emplace_back("x-api-key", endpoint.api_key);
    endpoint.headers.emplace_back("anthropic-version", options.version);
    return std::unique_ptr<AnthropicLlm>(new AnthropicLlm(client, clock, std::move(options)));
}

AnthropicLlm::AnthropicLlm(http::Client& client, const async::Clock& clock,
                           AnthropicOptions options)
    : client_(client),
      clock_(clock),
      options_(std::move(options)),
      place_(llm_wire::place_of(options_.endpoint.base_url)) {}

llm_wire::CallLabel AnthropicLlm::label(std::string model) const {
    llm_wire::CallLabel label;
    label.provider = "anthropic";
    label.key_setting = options_.endpoint.key_setting;
    label.model = std::move(model);
    label.base_url = options_.endpoint.base_url;
    return label;
}

async::Task<base::Result<ports::LlmOutcome>> AnthropicLlm::chat(ports::LlmRequest request,
                                                                ports::LlmSink& sink,
                                                                std::stop_token stop) {
    auto call = label(request.model);
    CO_TRY(body, messages_body(std::move(request), options_.thinking));
    auto post = llm_wire::make_post(options_.endpoint,
                                    llm_wire::join_url(options_.endpoint.base_url, "/v1/messages"),
                                    json::write(body));
    MessageDecoder decoder(sink, call);
    auto stream = llm_wire::stream_reply({client_, clock_}, std::move(post), decoder,
                                         std::move(call), std::move(stop));
    auto outcome = co_await std::move(stream);
    co_return outcome;
}

async::Task<base::Result<std::vector<ports::LlmModel>>> AnthropicLlm::models() {
    auto get = llm_wire::make_get(
        options_.endpoint, llm_wire::join_url(options_.endpoint.base_url, "/v1/models?limit=1000"));
    auto fetch = llm_wire::fetch_json({client_, clock_}, std::move(get), label({}));
    CO_TRY(answer, co_await std::move(fetch));
    const auto* list = json::find(answer, "data");
    if (list == nullptr || !list->is_array()) {
        co_return base::fail(
            base::ErrorCode::upstream,
            fmt::format("anthropic at {} lists no models", options_.endpoint.base_url),
            "check the base URL");
    }
    std::vector<ports::LlmModel> models;
    for (const auto& item : list->get_array()) {
        ports::LlmModel model;
        model.id = json::string_or(json::find(item, "id"));
        if (model.id.empty()) continue;
        model.name = json::string_or(json::find(item, "display_name"), model.id);
        model.place = place_;
        model.context_tokens = static_cast<int>(std::clamp<long long>(
            json::int_or(json::find(item, "max_input_tokens"), 200'000), 0, 100'000'000));
        model.tools = true;
        models.push_back(std::move(model));
    }
    co_return models;
}

async::Task<base::Result<int>> AnthropicLlm::count_tokens(std::string, std::string) {
    co_return base::fail(base::ErrorCode::unsupported, "anthropic counts tokens only by sending");
}

}  // namespace adapters

#include "providers.hpp"

#include <utility>

#include <fmt/core.h>
#include <boost/describe/enum_to_string.hpp>

#include "adapters/llm_anthropic/anthropic_llm.hpp"
#include "adapters/llm_fallback/retrying_llm.hpp"
#include "adapters/llm_ollama/ollama_llm.hpp"
#include "adapters/llm_openai/openai_llm.hpp"
#include "adapters/llm_scripted/scripted_llm.hpp"

namespace loci {
namespace {

// A provider with its retries, as one object.
class Resilient final : public ports::LlmProvider {
public:
    Resilient(std::unique_ptr<ports::LlmProvider> inner, async::Clock& clock)
        : inner_(std::move(inner)), retrying_(*inner_, clock) {}

    std::string name() const override { return inner_->name(); }
    ports::LlmPlace place() const override { return inner_->place(); }
    async::Task<base::Result<ports::LlmOutcome>> chat(ports::LlmRequest request,
                                                      ports::LlmSink& sink,
                                                      std::stop_token stop) override {
        return retrying_.chat(std::move(request), sink, std::move(stop));
    }
    async::Task<base::Result<ports::LlmUsage>> prepare(ports::LlmRequest request,
                                                       std::stop_token stop) override {
        return retrying_.prepare(std::move(request), std::move(stop));
    }
    bool reads_ahead() const override { return retrying_.reads_ahead(); }
    async::Task<base::Result<std::vector<ports::LlmModel>>> models() override {
        return inner_->models();
    }
    async::Task<base::Result<int>> count_tokens(std::string model, std::string text) override {
        return inner_->count_tokens(std::move(model), std::move(text));
    }

private:
    std::unique_ptr<ports::LlmProvider> inner_;
    adapters::RetryingLlm retrying_;
};

llm_wire::Endpoint endpoint_of(const std::string& name, const config::Provider& settings) {
    llm_wire::Endpoint endpoint;
    endpoint.base_url = settings.base_url;
    endpoint.api_key = settings.api_key;
    endpoint.key_setting = fmt::format("llm.providers.{}.api_key", name);
    for (const auto& [header, value] : settings.headers) {
        endpoint.headers.emplace_back(header, value);
    }
    return endpoint;
}

adapters::OpenAiKind openai_kind(config::ProviderKind kind, const std::string& url) {
    switch (kind) {
        case config::ProviderKind::openai:
            return adapters::OpenAiKind::openai;
        case config::ProviderKind::openrouter:
            return adapters::OpenAiKind::openrouter;
        case config::ProviderKind::nanogpt:
            return adapters::OpenAiKind::nanogpt;
        case config::ProviderKind::deepseek:
            return adapters::OpenAiKind::deepseek;
        case config::ProviderKind::gemini:
            return adapters::OpenAiKind::gemini;
        case config::ProviderKind::alibaba:
            return adapters::OpenAiKind::dashscope;
        case config::ProviderKind::lmstudio:
            return adapters::OpenAiKind::lm_studio;
        case config::ProviderKind::vllm:
            return adapters::OpenAiKind::vllm;
        default:
            return adapters::openai_kind_of_url(url);
    }
}

}  // namespace

std::string kind_name(config::ProviderKind kind) {
    std::string name = boost::describe::enum_to_string(kind, "custom");
    while (name.ends_with('_')) name.pop_back();
    return name;
}

base::Result<std::shared_ptr<ports::LlmProvider>> make_provider(const std::string& name,
                                                                const config::Provider& settings,
                                                                http::Client& client,
                                                                async::Clock& clock) {
    std::unique_ptr<ports::LlmProvider> provider;
    if (settings.kind == config::ProviderKind::ollama) {
        adapters::OllamaOptions options;
        options.endpoint = endpoint_of(name, settings);
        provider = std::make_unique<adapters::OllamaLlm>(client, clock, std::move(options));
    } else if (settings.kind == config::ProviderKind::anthropic) {
        adapters::AnthropicOptions options;
        options.endpoint = endpoint_of(name, settings);
        TRY(made, adapters::AnthropicLlm::make(client, clock, std::move(options)));
        provider = std::move(made);
    } else {
        adapters::OpenAiOptions options;
        options.kind = openai_kind(settings.kind, settings.base_url);
        options.endpoint = endpoint_of(name, settings);
        TRY(made, adapters::OpenAiLlm::make(client, clock, std::move(options)));
        provider = std::move(made);
    }
    return std::make_shared<Resilient>(std::move(provider), clock);
}

base::Result<std::shared_ptr<ports::LlmProvider>> make_scripted(const std::string& script_path,
                                                                async::Clock& clock) {
    adapters::ScriptedOptions options;
    // Nobody looks at them here, and each holds a whole prompt.
    options.max_recorded = 1;
    if (!script_path.empty()) {
        TRY(scripts, adapters::load_scripts(script_path));
        options.scripts = std::move(scripts);
    }
    return std::make_shared<adapters::ScriptedLlm>(clock, std::move(options));
}

}  // namespace loci

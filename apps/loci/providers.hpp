// Makes language-model providers from settings: one place that knows which adapter serves which
// kind. Each comes wrapped in retries. Errors: invalid_argument, unauthorized (key missing).
#pragma once

#include <memory>
#include <string>

#include "async/clock.hpp"
#include "config/settings.hpp"
#include "http/client.hpp"
#include "ports/llm.hpp"

namespace loci {

// `name` is the key below llm.providers, or the provider's kind for the one of llm itself.
[[nodiscard]] base::Result<std::shared_ptr<ports::LlmProvider>> make_provider(
    const std::string& name, const config::Provider& settings, http::Client& client,
    async::Clock& clock);

[[nodiscard]] base::Result<std::shared_ptr<ports::LlmProvider>> make_scripted(
    const std::string& script_path, async::Clock& clock);

// The kind as written in config files ("openai").
[[nodiscard]] std::string kind_name(config::ProviderKind kind);

}  // namespace loci

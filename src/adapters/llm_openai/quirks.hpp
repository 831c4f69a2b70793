// How the servers that speak "OpenAI-compatible" differ: one table, no branches elsewhere. Pure
// values; any thread. A new provider is one new row.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace adapters {

enum class OpenAiKind {
    openai,
    openrouter,
    nanogpt,
    deepseek,
    dashscope,
    gemini,
    llama_server,
    vllm,
    lm_studio,
    generic
};

enum class SchemaStyle {
    json_schema,  // response_format: json_schema, enforced by the server
    json_object   // any JSON object; the schema goes into the prompt
};
enum class SystemStyle { anywhere, first_only };

struct OpenAiQuirks {
    OpenAiKind kind = OpenAiKind::generic;
    std::string_view name = {};      // in config and errors
    std::string_view host = {};      // part of the host name that gives the kind away; empty: none
    std::string_view base_url = {};  // default; empty: must be given
    std::string_view max_tokens_field = "max_tokens";
    std::string_view repeat_penalty_field = {};  // empty: not offered
    bool usage_in_stream = true;                 // understands stream_options.include_usage
    bool top_k = false;
    bool seed = true;
    bool grammar = false;    // takes GBNF as `grammar`
    bool cache_key = false;  // takes `prompt_cache_key`
    bool needs_key = true;
    SchemaStyle schema = SchemaStyle::json_schema;
    SystemStyle system = SystemStyle::anywhere;
};

[[nodiscard]] const OpenAiQuirks& quirks_of(OpenAiKind kind);
// By config name ("lm-studio", "lm_studio"); nullopt when unknown.
[[nodiscard]] std::optional<OpenAiKind> openai_kind_from(std::string_view name);
// By the host of a base URL; `generic` when it tells nothing.
[[nodiscard]] OpenAiKind openai_kind_of_url(std::string_view url);

// Adds /v1 where the address has no version in its path, and drops a trailing /chat/completions.
// invalid_argument when it is no http(s) address.
[[nodiscard]] base::Result<std::string> complete_base_url(std::string_view url);

// Models that think before they answer refuse temperature and top_p at OpenAI itself.
[[nodiscard]] bool refuses_sampling(OpenAiKind kind, std::string_view model);

}  // namespace adapters

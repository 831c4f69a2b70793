#include "adapters/llm_openai/quirks.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/core.h>

#include "base/text.hpp"

namespace adapters {
namespace {

constexpr std::array<OpenAiQuirks, 10> kTable = {{
    {.kind = OpenAiKind::openai,
     .name = "openai",
     .host = "api.openai.com",
     .base_url = "https://api.openai.com/v1",
     .max_tokens_field = "max_completion_tokens",
     .cache_key = true},
    {.kind = OpenAiKind::openrouter,
     .name = "openrouter",
     .host = "openrouter.ai",
     .base_url = "https://openrouter.ai/api/v1",
     .repeat_penalty_field = "repetition_penalty",
     .top_k = true},
    {.kind = OpenAiKind::nanogpt,
     .name = "nanogpt",
     .host = "nano-gpt.com",
     .base_url = "https://nano-gpt.com/api/v1",
     .repeat_penalty_field = "repetition_penalty",
     .top_k = true},
    {.kind = OpenAiKind::deepseek,
     .name = "deepseek",
     .host = "api.deepseek.com",
     .base_url = "https://api.deepseek.com/v1",
     .seed = false,
     .schema = SchemaStyle::json_object},
    {.kind = OpenAiKind::dashscope,
     .name = "dashscope",
     .host = "dashscope",
     .base_url = "https://dashscope.aliyuncs.com/compatible-mode/v1",
     .repeat_penalty_field = "repetition_penalty",
     .top_k = true,
     .schema = SchemaStyle::json_object},
    {.kind = OpenAiKind::gemini,
     .name = "gemini",
     .host = "generativelanguage.googleapis.com",
     .base_url = "https://generativelanguage.googleapis.com/v1beta/openai",
     .seed = false,
     .system = SystemStyle::first_only},
    {.kind = OpenAiKind::llama_server,
     .name = "llama-server",
     .base_url = "http://127.0.0.1:8080/v1",
     .repeat_penalty_field = "repeat_penalty",
     .top_k = true,
     .grammar = true,
     .needs_key = false,
     .system = SystemStyle::first_only},
    {.kind = OpenAiKind::vllm,
     .name = "vllm",
     .base_url = "http://127.0.0.1:8000/v1",
     .repeat_penalty_field = "repetition_penalty",
     .top_k = true,
     .needs_key = false,
     .system = SystemStyle::first_only},
    {.kind = OpenAiKind::lm_studio,
     .name = "lm-studio",
     .base_url = "http://127.0.0.1:1234/v1",
     .repeat_penalty_field = "repeat_penalty",
     .top_k = true,
     .needs_key = false,
     .system = SystemStyle::first_only},
    {.kind = OpenAiKind::generic,
     .name = "custom",
     .needs_key = false,
     .system = SystemStyle::first_only},
}};

bool is_version(std::string_view part) {
    return part.size() >= 2 && part[0] == 'v' && part[1] >= '0' && part[1] <= '9';
}

}  // namespace

const OpenAiQuirks& quirks_of(OpenAiKind kind) {
    const auto* row = std::ranges::find(kTable, kind, &OpenAiQuirks::kind);
    return row == kTable.end() ? kTable.back() : *row;
}

std::optional<OpenAiKind> openai_kind_from(std::string_view name) {
    const std::string wanted = base::replace_all(base::to_lower_ascii(name), "_", "-");
    for (const auto& row : kTable) {
        if (row.name == wanted) return row.kind;
    }
    if (wanted == "alibaba" || wanted == "alicloud" || wanted == "qwen")
        return OpenAiKind::dashscope;
    if (wanted == "lmstudio") return OpenAiKind::lm_studio;
    if (wanted == "custom-openai" || wanted == "generic") return OpenAiKind::generic;
    return std::nullopt;
}

OpenAiKind openai_kind_of_url(std::string_view url) {
    const std::string lower = base::to_lower_ascii(url);
    const std::size_t start = lower.find("://");
    const std::string host =
        lower.substr(start == std::string::npos ? 0 : start + 3, std::string::npos);
    const std::string_view name = std::string_view(host).substr(0, host.find_first_of("/:?"));
    for (const auto& row : kTable) {
        if (!row.host.empty() && name.contains(row.host)) return row.kind;
    }
    return OpenAiKind::generic;
}

base::Result<std::string> complete_base_url(std::string_view url) {
    url = base::trim(url);
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    const std::size_t host = url.find("://") + 3;
    if (!http || host >= url.size() || url.find_first_of(" ?#") != std::string_view::npos) {
        return base::fail(base::ErrorCode::invalid_argument,
                          "the base URL of the provider is not an http(s) address",
                          "write it like http://127.0.0.1:8080/v1");
    }
    const auto strip = [&url](std::string_view end) {
        if (url.ends_with(end)) url.remove_suffix(end.size());
    };
    while (url.ends_with('/')) url.remove_suffix(1);
    strip("/chat/completions");
    while (url.ends_with('/')) url.remove_suffix(1);
    const std::size_t path = url.find('/', host);
    const auto parts = base::split(path == std::string_view::npos ? "" : url.substr(path), '/');
    if (std::ranges::any_of(parts, is_version)) return std::string(url);
    return std::string(url) + "/v1";
}

bool refuses_sampling(OpenAiKind kind, std::string_view model) {
    if (kind != OpenAiKind::openai) return false;
    const bool o_series =
        model.size() >= 2 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9';
    return o_series || (model.starts_with("gpt-5") && !model.contains("chat"));
}

}  // namespace adapters

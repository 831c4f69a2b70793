// Builds the JSON of POST /v1/messages. Pure; any thread. invalid_argument for a schema that is no
// object, unsupported for grammars, raw prompts, and a reply schema together with tools.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "json/json.hpp"
#include "ports/llm.hpp"

namespace adapters {

enum class AnthropicThinking { off, on };

// The tool by which a reply of a given JSON schema is asked for; its input is the reply.
inline constexpr std::string_view kReplyTool = "reply";

[[nodiscard]] base::Result<json::Value> messages_body(ports::LlmRequest request,
                                                      AnthropicThinking thinking);

}  // namespace adapters

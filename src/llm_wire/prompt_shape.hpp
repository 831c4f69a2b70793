// Small reshapings of a request that several wire formats need. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/json.hpp"
#include "ports/llm.hpp"

namespace llm_wire {

// For servers whose chat templates take a system message only at the start: leading ones become
// one, a later one is put before the text of the user message that follows it (or becomes a user
// message of its own). A prompt that grows at its end stays a prefix of the next one.
[[nodiscard]] std::vector<ports::LlmMessage> fold_system(std::vector<ports::LlmMessage> messages);

// [{"type": "function", "function": {name, description, parameters}}], as OpenAI and Ollama
// want it. invalid_argument names the tool whose schema is not a JSON object.
[[nodiscard]] base::Result<json::Array> function_tools(const std::vector<ports::LlmTool>& tools);

// A JSON object out of `text`; invalid_argument names `what`.
[[nodiscard]] base::Result<json::Value> parse_object(const std::string& text,
                                                     const std::string& what);

// Refuses what only the embedded engine can do: raw prompts and grammars.
[[nodiscard]] base::Result<void> refuse_embedded_only(const ports::LlmRequest& request,
                                                      const std::string& provider);

}  // namespace llm_wire

// Builds the JSON of POST /chat/completions for one kind of server. Pure; any thread.
// invalid_argument when a tool's or the reply's schema is not a JSON object; unsupported for a
// verbatim prompt, or a grammar where the server takes none.
#pragma once

#include "adapters/llm_openai/quirks.hpp"
#include "base/result.hpp"
#include "json/json.hpp"
#include "ports/llm.hpp"

namespace adapters {

[[nodiscard]] base::Result<json::Value> openai_body(ports::LlmRequest request,
                                                    const OpenAiQuirks& quirks);

}  // namespace adapters

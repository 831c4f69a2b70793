// What a Claude model takes, told from its name: the API refuses parameters that a generation does
// not know. Pure; any thread. An unknown name gets the newest rules, which send the least.
#pragma once

#include <string_view>

namespace adapters {

enum class ClaudeThinking {
    budget,          // thinking: enabled with budget_tokens; off when absent
    adaptive,        // thinking: adaptive; off when absent
    adaptive_always  // thinking: adaptive, on when absent, `disabled` turns it off
};

struct ClaudeGeneration {
    bool takes_sampling = false;  // temperature, top_p, top_k
    ClaudeThinking thinking = ClaudeThinking::adaptive_always;
};

[[nodiscard]] ClaudeGeneration claude_generation(std::string_view model);

}  // namespace adapters

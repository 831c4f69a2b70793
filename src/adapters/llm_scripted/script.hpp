// Scripts for ScriptedLlm: what a pretended model answers, step by step. Plain values, read from
// JSON or built in tests. Any thread. Errors: corrupt,
// invalid_argument with the place ("1.steps.3").
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "ports/llm.hpp"

namespace adapters {

// How sure the model was, as the mean log-probability of its tokens.
struct ScriptConfidence {
    double mean_logprob = 0;
};

// Waits until the request is stopped: a provider that hangs.
struct ScriptHang {};

using ScriptAction =
    std::variant<ports::LlmText, ports::LlmReasoning, ports::LlmToolCall, ports::LlmUsage,
                 ports::LlmFinish, base::Error, ScriptHang, ScriptConfidence>;

struct ScriptStep {
    ScriptAction action;
    std::chrono::milliseconds delay{0};  // before each time it is done
    int times = 1;
};

struct Script {
    static constexpr int kForEver = -1;

    std::string match;  // substring of the newest user message; empty: any
    std::vector<ScriptStep> steps;
    int repeat = 1;  // requests it answers before it is used up
};

// [{"match": "hello", "repeat": true, "steps": [{"text": "Hi ", "delay_ms": 20, "times": 3},
//   {"reasoning": "…"}, {"tool": {"id": "1", "name": "clock", "arguments": {}}},
//   {"usage": {"prompt": 7, "cached": 0, "completion": 3}}, {"finish": "stop"}, {"hang": true},
//   {"error": {"code": "rate_limited", "message": "…", "hint": "…", "retry_after_s": 2}}]}]
// `repeat` is a number of requests, or true for every request; the default is 1.
[[nodiscard]] base::Result<std::vector<Script>> parse_scripts(std::string_view json_text);
[[nodiscard]] base::Result<std::vector<Script>> load_scripts(const std::string& path);

}  // namespace adapters

#include "adapters/llm_scripted/script.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "json/json.hpp"

namespace adapters {
namespace {

constexpr int kMostTimes = 1'000'000;

base::Error bad(const std::string& place, std::string_view what) {
    return base::make_error(base::ErrorCode::invalid_argument,
                            fmt::format("script {}: {}", place, what));
}

base::Result<ports::LlmFinish> parse_finish(const json::Value& value, const std::string& place) {
    using ports::LlmFinish;
    static constexpr std::pair<std::string_view, LlmFinish> kNames[] = {
        {"stop", LlmFinish::stop},
        {"length", LlmFinish::length},
        {"tool_calls", LlmFinish::tool_calls},
        {"content_filter", LlmFinish::content_filter},
        {"stopped", LlmFinish::stopped}};
    const std::string name = json::string_or(&value);
    for (const auto& [known, finish] : kNames) {
        if (name == known) return finish;
    }
    return base::fail(
        bad(place, "`finish` is stop, length, tool_calls, content_filter or stopped"));
}

base::Error parse_error(const json::Value& value) {
    const std::string code = json::string_or(json::find(value, "code"), "upstream");
    base::Error error = base::make_error(
        base::error_code_from(code),
        json::string_or(json::find(value, "message"), "the script says that this fails"),
        json::string_or(json::find(value, "hint")));
    if (const auto* wait = json::find(value, "retry_after_s")) {
        error.details.emplace_back("retry_after_s", fmt::format("{}", json::int_or(wait, 1)));
    }
    return error;
}

ports::LlmToolCall parse_tool(const json::Value& value) {
    const auto* arguments = json::find(value, "arguments");
    return {json::string_or(json::find(value, "id"), "call_1"),
            json::string_or(json::find(value, "name")),
            arguments == nullptr ? std::string("{}") : json::write(*arguments)};
}

ports::LlmUsage parse_usage(const json::Value& value) {
    ports::LlmUsage usage;
    usage.prompt_tokens = static_cast<int>(json::int_or(json::find(value, "prompt"), 0));
    usage.cached_tokens = static_cast<int>(json::int_or(json::find(value, "cached"), 0));
    usage.completion_tokens = static_cast<int>(json::int_or(json::find(value, "completion"), 0));
    return usage;
}

base::Result<ScriptAction> parse_action(const json::Value& step, const std::string& place) {
    if (const auto* text = json::find(step, "text")) {
        if (!text->is_string()) return base::fail(bad(place, "`text` must be a string"));
        return ports::LlmText{json::string_or(text)};
    }
    if (const auto* text = json::find(step, "reasoning")) {
        if (!text->is_string()) return base::fail(bad(place, "`reasoning` must be a string"));
        return ports::LlmReasoning{json::string_or(text)};
    }
    if (const auto* tool = json::find(step, "tool")) {
        ports::LlmToolCall call = parse_tool(*tool);
        if (call.name.empty()) return base::fail(bad(place, "`tool` needs a name"));
        return call;
    }
    if (const auto* usage = json::find(step, "usage")) return parse_usage(*usage);
    if (const auto* finish = json::find(step, "finish")) return parse_finish(*finish, place);
    if (const auto* error = json::find(step, "error")) return parse_error(*error);
    if (json::find(step, "hang") != nullptr) return ScriptHang{};
    if (const auto* logprob = json::find(step, "logprob")) {
        if (!logprob->is_number()) return base::fail(bad(place, "`logprob` must be a number"));
        return ScriptConfidence{json::number_or(logprob, 0)};
    }
    return base::fail(
        bad(place, "needs one of text, reasoning, tool, usage, finish, error, hang, logprob"));
}

base::Result<ScriptStep> parse_step(const json::Value& value, const std::string& place) {
    if (!value.is_object()) return base::fail(bad(place, "must be an object"));
    TRY(action, parse_action(value, place));
    const long long delay = json::int_or(json::find(value, "delay_ms"), 0);
    const long long times = json::int_or(json::find(value, "times"), 1);
    if (delay < 0) return base::fail(bad(place, "`delay_ms` must not be negative"));
    if (times < 1 || times > kMostTimes) {
        return base::fail(bad(place, fmt::format("`times` is 1 to {}", kMostTimes)));
    }
    return ScriptStep{std::move(action), std::chrono::milliseconds(delay), static_cast<int>(times)};
}

base::Result<Script> parse_script(const json::Value& value, const std::string& place) {
    Script script;
    script.match = json::string_or(json::find(value, "match"));
    if (const auto* repeat = json::find(value, "repeat")) {
        if (repeat->is_bool()) {
            script.repeat = repeat->get_bool() ? Script::kForEver : 1;
        } else {
            const long long count = json::int_or(repeat, 0);
            if (count < 1 || count > kMostTimes) {
                return base::fail(bad(place, "`repeat` is true or a number of at least 1"));
            }
            script.repeat = static_cast<int>(count);
        }
    }
    const auto* steps = json::find(value, "steps");
    if (steps == nullptr || !steps->is_array()) {
        return base::fail(bad(place, "needs a list `steps`"));
    }
    for (const auto& step : steps->get_array()) {
        TRY(parsed, parse_step(step, fmt::format("{}.steps.{}", place, script.steps.size())));
        script.steps.push_back(std::move(parsed));
    }
    return script;
}

}  // namespace

base::Result<std::vector<Script>> parse_scripts(std::string_view json_text) {
    TRY(root, json::parse(json_text));
    if (!root.is_array()) return base::fail(bad("file", "must be a list of scripts"));
    std::vector<Script> scripts;
    for (const auto& item : root.get_array()) {
        TRY(script, parse_script(item, fmt::format("{}", scripts.size())));
        scripts.push_back(std::move(script));
    }
    return scripts;
}

base::Result<std::vector<Script>> load_scripts(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return base::fail(base::ErrorCode::not_found,
                          fmt::format("the script file {} cannot be read", path),
                          "check the path in llm.script");
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto scripts = parse_scripts(text);
    if (!scripts) return base::fail(std::move(scripts.error()).within(path));
    return scripts;
}

}  // namespace adapters

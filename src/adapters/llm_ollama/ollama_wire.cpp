#include "adapters/llm_ollama/ollama_wire.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/text.hpp"
#include "llm_wire/prompt_shape.hpp"

namespace adapters {
namespace {

using llm_wire::Flow;
using ports::LlmRole;

constexpr std::size_t kMaxLine = 4'000'000;

std::string_view role_name(LlmRole role) {
    switch (role) {
        case LlmRole::system:
            return "system";
        case LlmRole::user:
            return "user";
        case LlmRole::assistant:
            return "assistant";
        case LlmRole::tool:
            return "tool";
    }
    return "user";
}

// Ollama pairs a tool's answer with its call by the tool's name, not by an id.
std::string tool_name_of(const std::vector<ports::LlmMessage>& messages, const std::string& id) {
    for (auto it = messages.rbegin(); it != messages.rend(); ++it) {
        for (const auto& call : it->tool_calls) {
            if (call.id == id) return call.name;
        }
    }
    return {};
}

base::Result<json::Object> message_json(const ports::LlmMessage& message,
                                        const std::vector<ports::LlmMessage>& all) {
    json::Object out;
    out["role"] = role_name(message.role);
    out["content"] = message.content;
    if (message.role == LlmRole::tool) {
        out["tool_name"] = tool_name_of(all, message.tool_call_id);
    }
    if (message.tool_calls.empty()) return out;
    json::Array calls;
    for (const auto& call : message.tool_calls) {
        TRY(arguments,
            llm_wire::parse_object(call.arguments_json.empty() ? "{}" : call.arguments_json,
                                   fmt::format("the arguments of a call of {}", call.name)));
        json::Object function;
        function["name"] = call.name;
        function["arguments"] = std::move(arguments);
        json::Object item;
        item["function"] = std::move(function);
        calls.push_back(std::move(item));
    }
    out["tool_calls"] = std::move(calls);
    return out;
}

json::Object options_json(const ports::LlmRequest& request, int num_ctx) {
    json::Object options;
    const auto& sampling = request.sampling;
    options["num_predict"] = request.max_tokens;
    if (num_ctx > 0) options["num_ctx"] = num_ctx;
    if (sampling.temperature) options["temperature"] = *sampling.temperature;
    if (sampling.top_p) options["top_p"] = *sampling.top_p;
    if (sampling.top_k) options["top_k"] = *sampling.top_k;
    if (sampling.repeat_penalty) options["repeat_penalty"] = *sampling.repeat_penalty;
    if (sampling.seed) options["seed"] = *sampling.seed;
    if (!request.stop_sequences.empty()) {
        json::Array stops;
        for (const auto& text : request.stop_sequences) stops.emplace_back(text);
        options["stop"] = std::move(stops);
    }
    return options;
}

// "5m" is a span, "-1" (for ever) and "0" (unload at once) are numbers.
json::Value keep_alive_json(const std::string& text) {
    const bool number = !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
    const auto parsed = number ? json::parse(text) : base::Result<json::Value>(text);
    return parsed ? *parsed : json::Value(text);
}

// true, false, or one of the levels that some models know.
json::Value think_json(const std::string& text) {
    if (text == "true" || text == "on") return true;
    if (text == "false" || text == "off") return false;
    return json::Value(text);
}

int count_or_zero(const json::Value* value) {
    const long long number = json::int_or(value, 0);
    return static_cast<int>(std::clamp<long long>(number, 0, std::numeric_limits<int>::max()));
}

}  // namespace

base::Result<json::Value> ollama_body(ports::LlmRequest request, const OllamaTuning& tuning) {
    TRY_DO(llm_wire::refuse_embedded_only(request, "ollama"));
    json::Object body;
    body["model"] = request.model;
    body["stream"] = true;
    body["options"] = options_json(request, tuning.num_ctx);
    if (!tuning.keep_alive.empty()) body["keep_alive"] = keep_alive_json(tuning.keep_alive);
    if (!tuning.think.empty()) body["think"] = think_json(tuning.think);
    if (!request.json_schema.empty()) {
        TRY(schema, llm_wire::parse_object(request.json_schema, "the schema of the reply"));
        body["format"] = std::move(schema);
    }
    if (!request.tools.empty()) {
        TRY(tools, llm_wire::function_tools(request.tools));
        body["tools"] = std::move(tools);
    }
    const auto messages = llm_wire::fold_system(std::move(request.messages));
    json::Array list;
    for (const auto& message : messages) {
        TRY(item, message_json(message, messages));
        list.push_back(std::move(item));
    }
    body["messages"] = std::move(list);
    return json::Value(std::move(body));
}

LineDecoder::LineDecoder(ports::LlmSink& sink, llm_wire::CallLabel label)
    : label_(std::move(label)), parts_(sink) {
    outcome_.model = label_.model;
}

base::Result<Flow> LineDecoder::on_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        line_.append(bytes.substr(0, end));
        if (line_.size() > kMaxLine) {
            return base::fail(base::ErrorCode::upstream,
                              fmt::format("{} sent a line without end", label_.provider));
        }
        if (end == std::string_view::npos) return Flow::more;
        bytes.remove_prefix(end + 1);
        TRY_DO(on_line(std::exchange(line_, {})));
        if (done_) return Flow::enough;
        TRY(flow, parts_.flow(label_.provider));
        if (flow == Flow::enough) return flow;
    }
    return Flow::more;
}

base::Result<void> LineDecoder::on_line(std::string_view line) {
    line = base::trim(line);
    if (line.empty()) return {};
    TRY(value, llm_wire::parse_event(line, label_.provider));
    if (const auto words = llm_wire::read_error(value)) {
        llm_wire::Failure failure;
        failure.provider = label_.provider;
        failure.model = label_.model;
        return base::fail(llm_wire::to_error(std::move(failure), *words));
    }
    if (const auto* message = json::find(value, "message")) on_message(*message);
    if (const auto model = json::string_or(json::find(value, "model")); !model.empty()) {
        outcome_.model = model;
    }
    if (!json::bool_or(json::find(value, "done"), false)) return {};
    done_ = true;
    const auto reason = json::string_or(json::find(value, "done_reason"), "stop");
    outcome_.finish = llm_wire::finish_from(reason).value_or(ports::LlmFinish::stop);
    ports::LlmUsage usage;
    usage.prompt_tokens = count_or_zero(json::find(value, "prompt_eval_count"));
    usage.completion_tokens = count_or_zero(json::find(value, "eval_count"));
    if (usage.prompt_tokens + usage.completion_tokens > 0) outcome_.usage = usage;
    return {};
}

void LineDecoder::on_message(const json::Value& message) {
    parts_.reasoning(json::string_or(json::find(message, "thinking")));
    parts_.text(json::string_or(json::find(message, "content")));
    const auto* calls = json::find(message, "tool_calls");
    if (calls == nullptr || !calls->is_array()) return;
    for (const auto& call : calls->get_array()) {
        const auto* arguments = json::find_path(call, "function.arguments");
        const bool object = arguments != nullptr && arguments->is_object();
        // Whole calls, one after the other; an index of our own keeps them apart.
        parts_.tool_call(tool_calls_++, json::string_or(json::find(call, "id")),
                         json::string_or(json::find_path(call, "function.name")),
                         object ? json::write(*arguments) : json::string_or(arguments, "{}"));
    }
}

base::Result<ports::LlmOutcome> LineDecoder::finish() {
    if (!done_ && !parts_.sink_has_enough() && !line_.empty()) {
        // The last line may lack its line feed.
        TRY_DO(on_line(std::exchange(line_, {})));
    }
    parts_.end();
    if (parts_.sink_has_enough()) {
        outcome_.finish = ports::LlmFinish::stopped;
        return outcome_;
    }
    if (!done_) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} at {} ended before the reply was whole", label_.provider,
                                      label_.base_url),
                          "try again");
    }
    if (outcome_.finish == ports::LlmFinish::stop && parts_.any_tool_call()) {
        outcome_.finish = ports::LlmFinish::tool_calls;
    }
    return outcome_;
}

}  // namespace adapters

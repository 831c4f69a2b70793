#include "adapters/llm_openai/request_body.hpp"

#include <string>
#include <utility>

#include "llm_wire/prompt_shape.hpp"

namespace adapters {
namespace {

using ports::LlmRole;

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

json::Object message_json(const ports::LlmMessage& message) {
    json::Object out;
    out["role"] = role_name(message.role);
    // An assistant message that only calls tools has no content; an empty one is refused by some.
    if (message.content.empty() && !message.tool_calls.empty()) {
        out["content"] = nullptr;
    } else {
        out["content"] = message.content;
    }
    if (!message.tool_call_id.empty()) out["tool_call_id"] = message.tool_call_id;
    if (message.tool_calls.empty()) return out;
    json::Array calls;
    for (const auto& call : message.tool_calls) {
        json::Object function;
        function["name"] = call.name;
        function["arguments"] = call.arguments_json.empty() ? "{}" : call.arguments_json;
        json::Object item;
        item["id"] = call.id;
        item["type"] = "function";
        item["function"] = std::move(function);
        calls.push_back(std::move(item));
    }
    out["tool_calls"] = std::move(calls);
    return out;
}

void put_sampling(json::Object& body, const ports::LlmRequest& request,
                  const OpenAiQuirks& quirks) {
    const auto& sampling = request.sampling;
    if (!refuses_sampling(quirks.kind, request.model)) {
        if (sampling.temperature) body["temperature"] = *sampling.temperature;
        if (sampling.top_p) body["top_p"] = *sampling.top_p;
        if (!request.stop_sequences.empty()) {
            json::Array stops;
            for (const auto& text : request.stop_sequences) stops.emplace_back(text);
            body["stop"] = std::move(stops);
        }
    }
    if (sampling.top_k && quirks.top_k) body["top_k"] = *sampling.top_k;
    if (sampling.seed && quirks.seed) body["seed"] = *sampling.seed;
    if (sampling.repeat_penalty && !quirks.repeat_penalty_field.empty()) {
        body[quirks.repeat_penalty_field] = *sampling.repeat_penalty;
    }
}

base::Result<void> put_schema(json::Object& body, ports::LlmRequest& request,
                              const OpenAiQuirks& quirks) {
    if (request.json_schema.empty()) return {};
    TRY(schema, llm_wire::parse_object(request.json_schema, "the schema of the reply"));
    json::Object format;
    if (quirks.schema == SchemaStyle::json_object) {
        format["type"] = "json_object";
        ports::LlmMessage rule;
        rule.role = LlmRole::system;
        rule.content = "Answer with one JSON object of this JSON Schema and nothing else: " +
                       request.json_schema;
        request.messages.push_back(std::move(rule));
    } else {
        json::Object named;
        named["name"] = "reply";
        named["strict"] = true;
        named["schema"] = std::move(schema);
        format["type"] = "json_schema";
        format["json_schema"] = std::move(named);
    }
    body["response_format"] = std::move(format);
    return {};
}

}  // namespace

base::Result<json::Value> openai_body(ports::LlmRequest request, const OpenAiQuirks& quirks) {
    json::Object body;
    if (quirks.grammar && !request.gbnf.empty()) {
        body["grammar"] = request.gbnf;
        request.gbnf.clear();
    }
    TRY_DO(llm_wire::refuse_embedded_only(request, std::string(quirks.name)));
    body["model"] = request.model;
    body["stream"] = true;
    body[quirks.max_tokens_field] = request.max_tokens;
    if (quirks.usage_in_stream) body["stream_options"] = {{"include_usage", true}};
    if (quirks.cache_key && !request.cache_key.empty()) {
        body["prompt_cache_key"] = request.cache_key;
    }
    put_sampling(body, request, quirks);
    TRY_DO(put_schema(body, request, quirks));
    if (!request.tools.empty()) {
        TRY(tools, llm_wire::function_tools(request.tools));
        body["tools"] = std::move(tools);
    }
    auto messages = quirks.system == SystemStyle::first_only
                        ? llm_wire::fold_system(std::move(request.messages))
                        : std::move(request.messages);
    json::Array list;
    for (const auto& message : messages) list.push_back(message_json(message));
    body["messages"] = std::move(list);
    return json::Value(std::move(body));
}

}  // namespace adapters

#include "adapters/llm_anthropic/messages_body.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "adapters/llm_anthropic/claude_generation.hpp"
#include "base/text.hpp"
#include "llm_wire/prompt_shape.hpp"

namespace adapters {
namespace {

using ports::LlmRole;

// Room for thinking on top of the reply: max_tokens counts both.
constexpr int kThinkingTokens = 4096;

json::Object text_block(const std::string& text) {
    json::Object block;
    block["type"] = "text";
    block["text"] = text;
    return block;
}

void mark_cached(json::Value& block) {
    block.as_object()["cache_control"] = {{"type", "ephemeral"}};
}

// Ids of other providers may hold characters that this API refuses.
std::string safe_id(std::string id) {
    for (char& c : id) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '_';
    }
    return id.empty() ? "call" : id;
}

base::Result<json::Array> content_of(const ports::LlmMessage& message) {
    json::Array blocks;
    if (message.role == LlmRole::tool) {
        json::Object block;
        block["type"] = "tool_result";
        block["tool_use_id"] = safe_id(message.tool_call_id);
        block["content"] = message.content;
        blocks.push_back(std::move(block));
        return blocks;
    }
    // Empty text blocks are refused.
    if (!base::trim(message.content).empty()) blocks.push_back(text_block(message.content));
    for (const auto& call : message.tool_calls) {
        TRY(input, llm_wire::parse_object(call.arguments_json.empty() ? "{}" : call.arguments_json,
                                          fmt::format("the arguments of a call of {}", call.name)));
        json::Object block;
        block["type"] = "tool_use";
        block["id"] = safe_id(call.id);
        block["name"] = call.name;
        block["input"] = std::move(input);
        blocks.push_back(std::move(block));
    }
    return blocks;
}

struct Turns {
    json::Array messages;
    // Index of the message before the newest words: up to there the prompt stays the same.
    int last_stable = -1;
};

// Messages of one role in a row become one; the list begins with the user's.
base::Result<Turns> turns_of(const std::vector<ports::LlmMessage>& messages) {
    Turns turns;
    std::string last_role;
    for (const auto& message : messages) {
        if (message.role == LlmRole::system) continue;  // the leading one, sent apart
        TRY(blocks, content_of(message));
        if (blocks.empty()) continue;
        const std::string role = message.role == LlmRole::assistant ? "assistant" : "user";
        if (turns.messages.empty() && role == "assistant") {
            json::Object opening;
            opening["role"] = "user";
            opening["content"] = json::Array{text_block("(the conversation begins)")};
            turns.messages.push_back(std::move(opening));
        }
        if (role == last_role) {
            auto& content = turns.messages.back().as_object()["content"].as_array();
            for (auto& block : blocks) content.push_back(std::move(block));
            continue;
        }
        last_role = role;
        json::Object item;
        item["role"] = role;
        item["content"] = std::move(blocks);
        turns.messages.push_back(std::move(item));
    }
    turns.last_stable = static_cast<int>(turns.messages.size()) - 2;
    return turns;
}

base::Result<void> put_tools(json::Object& body, const ports::LlmRequest& request) {
    json::Array tools;
    for (const auto& tool : request.tools) {
        TRY(schema,
            llm_wire::parse_object(tool.parameters_json,
                                   fmt::format("the parameter schema of tool {}", tool.name)));
        json::Object item;
        item["name"] = tool.name;
        item["description"] = tool.description;
        item["input_schema"] = std::move(schema);
        tools.push_back(std::move(item));
    }
    if (!request.json_schema.empty()) {
        if (!tools.empty()) {
            return base::fail(base::ErrorCode::unsupported,
                              "anthropic: a reply schema and tools in one request",
                              "ask for one of them");
        }
        TRY(schema, llm_wire::parse_object(request.json_schema, "the schema of the reply"));
        json::Object item;
        item["name"] = kReplyTool;
        item["description"] = "Gives the reply. Call it exactly once.";
        item["input_schema"] = std::move(schema);
        tools.push_back(std::move(item));
        body["tool_choice"] = {{"type", "tool"}, {"name", kReplyTool}};
    }
    if (!tools.empty()) body["tools"] = std::move(tools);
    return {};
}

// Thinking needs its own blocks sent back within a round of tools, which the port does not carry.
bool may_think(const ports::LlmRequest& request) {
    const bool in_tool_round =
        !request.messages.empty() && request.messages.back().role == LlmRole::tool;
    return request.json_schema.empty() && !in_tool_round;
}

// True when thinking was switched on.
bool put_thinking(json::Object& body, const ports::LlmRequest& request, ClaudeThinking kind,
                  AnthropicThinking wish) {
    const bool on = wish == AnthropicThinking::on && may_think(request);
    if (!on) {
        if (kind == ClaudeThinking::adaptive_always) body["thinking"] = {{"type", "disabled"}};
        return false;
    }
    body["max_tokens"] = request.max_tokens + kThinkingTokens;
    if (kind == ClaudeThinking::budget) {
        body["thinking"] = {{"type", "enabled"}, {"budget_tokens", kThinkingTokens}};
    } else {
        body["thinking"] = {{"type", "adaptive"}, {"display", "summarized"}};
    }
    return true;
}

void put_sampling(json::Object& body, const ports::LlmSampling& sampling) {
    // One of the two only: newer models refuse both together.
    if (sampling.temperature) {
        body["temperature"] = std::clamp(*sampling.temperature, 0.0, 1.0);
    } else if (sampling.top_p) {
        body["top_p"] = *sampling.top_p;
    }
    if (sampling.top_k) body["top_k"] = *sampling.top_k;
}

}  // namespace

base::Result<json::Value> messages_body(ports::LlmRequest request, AnthropicThinking thinking) {
    TRY_DO(llm_wire::refuse_embedded_only(request, "anthropic"));
    const auto generation = claude_generation(request.model);
    json::Object body;
    body["model"] = request.model;
    body["stream"] = true;
    body["max_tokens"] = request.max_tokens;
    const bool thinks = put_thinking(body, request, generation.thinking, thinking);
    if (generation.takes_sampling && !thinks) put_sampling(body, request.sampling);
    json::Array stops;
    for (const auto& text : request.stop_sequences) {
        if (!base::trim(text).empty()) stops.emplace_back(text);  // blank ones are refused
    }
    if (!stops.empty()) body["stop_sequences"] = std::move(stops);
    TRY_DO(put_tools(body, request));
    const auto messages = llm_wire::fold_system(std::move(request.messages));
    if (!messages.empty() && messages.front().role == LlmRole::system &&
        !base::trim(messages.front().content).empty()) {
        // The cached prefix covers the tools too: they come before the system text.
        json::Value block = text_block(messages.front().content);
        mark_cached(block);
        body["system"] = json::Array{std::move(block)};
    }
    TRY(turns, turns_of(messages));
    if (turns.last_stable >= 0) {
        auto& stable = turns.messages[static_cast<std::size_t>(turns.last_stable)];
        mark_cached(stable.as_object()["content"].as_array().back());
    }
    body["messages"] = std::move(turns.messages);
    return json::Value(std::move(body));
}

}  // namespace adapters

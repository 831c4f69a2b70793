#include "llm_wire/prompt_shape.hpp"

#include <utility>

#include <fmt/core.h>

namespace llm_wire {
namespace {

void append_paragraph(std::string& text, const std::string& more) {
    if (!text.empty() && !more.empty()) text += "\n\n";
    text += more;
}

ports::LlmMessage user_message(std::string content) {
    ports::LlmMessage message;
    message.role = ports::LlmRole::user;
    message.content = std::move(content);
    return message;
}

}  // namespace

std::vector<ports::LlmMessage> fold_system(std::vector<ports::LlmMessage> messages) {
    using ports::LlmRole;
    std::vector<ports::LlmMessage> out;
    std::string waiting;  // later system text, for the next user message
    for (auto& message : messages) {
        if (message.role == LlmRole::system) {
            if (out.empty()) {
                out.push_back(std::move(message));
            } else if (out.size() == 1 && out[0].role == LlmRole::system && waiting.empty()) {
                append_paragraph(out[0].content, message.content);
            } else {
                append_paragraph(waiting, message.content);
            }
            continue;
        }
        if (!waiting.empty() && message.role == LlmRole::user) {
            append_paragraph(waiting, message.content);
            message.content = std::exchange(waiting, {});
        } else if (!waiting.empty() && message.role == LlmRole::assistant) {
            out.push_back(user_message(std::exchange(waiting, {})));
        }
        out.push_back(std::move(message));
    }
    if (!waiting.empty()) out.push_back(user_message(std::move(waiting)));
    return out;
}

base::Result<json::Value> parse_object(const std::string& text, const std::string& what) {
    auto value = json::parse(text);
    if (!value || !value->is_object()) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("{} is not a JSON object", what));
    }
    return value;
}

base::Result<json::Array> function_tools(const std::vector<ports::LlmTool>& tools) {
    json::Array out;
    for (const auto& tool : tools) {
        TRY(parameters, parse_object(tool.parameters_json,
                                     fmt::format("the parameter schema of tool {}", tool.name)));
        json::Object function;
        function["name"] = tool.name;
        function["description"] = tool.description;
        function["parameters"] = std::move(parameters);
        json::Object item;
        item["type"] = "function";
        item["function"] = std::move(function);
        out.push_back(std::move(item));
    }
    return out;
}

base::Result<void> refuse_embedded_only(const ports::LlmRequest& request,
                                        const std::string& provider) {
    if (!request.raw_prompt.empty()) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("{} takes messages, not a verbatim prompt", provider),
                          "use the embedded engine for this model");
    }
    if (!request.gbnf.empty()) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("{} cannot hold a reply to a grammar", provider),
                          "use a JSON schema, or the embedded engine");
    }
    return {};
}

}  // namespace llm_wire

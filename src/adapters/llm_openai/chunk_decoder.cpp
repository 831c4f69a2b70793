#include "adapters/llm_openai/chunk_decoder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"

namespace adapters {
namespace {

using llm_wire::Flow;

int count_or_zero(const json::Value* value) {
    const long long number = json::int_or(value, 0);
    return static_cast<int>(std::clamp<long long>(number, 0, std::numeric_limits<int>::max()));
}

ports::LlmUsage read_usage(const json::Value& usage) {
    ports::LlmUsage out;
    out.prompt_tokens = count_or_zero(json::find(usage, "prompt_tokens"));
    out.completion_tokens = count_or_zero(json::find(usage, "completion_tokens"));
    out.cached_tokens =
        std::max({count_or_zero(json::find_path(usage, "prompt_tokens_details.cached_tokens")),
                  count_or_zero(json::find(usage, "prompt_cache_hit_tokens")),  // DeepSeek
                  count_or_zero(json::find(usage, "cached_tokens"))});
    return out;
}

}  // namespace

ChunkDecoder::ChunkDecoder(ports::LlmSink& sink, llm_wire::CallLabel label)
    : label_(std::move(label)), parts_(sink) {}

base::Result<Flow> ChunkDecoder::on_bytes(std::string_view bytes) {
    if (form_ == Form::unknown) {
        const std::size_t start = bytes.find_first_not_of(" \t\r\n");
        if (start == std::string_view::npos) return Flow::more;
        if (bytes[start] == '<') {
            return base::fail(
                base::ErrorCode::upstream,
                fmt::format("{} at {} answered with a web page", label_.provider, label_.base_url),
                "check the base URL; most end in /v1");
        }
        form_ = bytes[start] == '{' || bytes[start] == '[' ? Form::object : Form::events;
    }
    if (form_ == Form::object) {
        object_.append(bytes);
        if (object_.size() <= llm_wire::ReplyParts::kMaxBytes) return Flow::more;
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} sent a reply without end", label_.provider));
    }
    auto fed =
        sse_.feed(bytes, [this](const http::SseEvent& event) { return on_event(event.data); });
    if (error_) return base::fail(*error_);
    if (!fed) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} sent an event without end", label_.provider));
    }
    if (done_) return Flow::enough;
    return parts_.flow(label_.provider);
}

bool ChunkDecoder::on_event(std::string_view data) {
    const auto text = base::trim(data);
    if (text.empty()) return true;
    if (text == "[DONE]") {
        done_ = true;
        return false;
    }
    auto chunk = llm_wire::parse_event(text, label_.provider);
    if (!chunk) {
        error_ = std::move(chunk.error());
        return false;
    }
    if (auto read = on_chunk(*chunk); !read) {
        error_ = std::move(read.error());
        return false;
    }
    return !parts_.sink_has_enough() && !parts_.too_large();
}

base::Error ChunkDecoder::upstream_error(const llm_wire::ErrorWords& words) const {
    llm_wire::Failure failure;
    failure.provider = label_.provider;
    failure.key_setting = label_.key_setting;
    failure.model = label_.model;
    return llm_wire::to_error(std::move(failure), words);
}

base::Result<void> ChunkDecoder::on_chunk(const json::Value& chunk) {
    if (const auto words = llm_wire::read_error(chunk)) return base::fail(upstream_error(*words));
    if (model_.empty()) model_ = json::string_or(json::find(chunk, "model"));
    if (const auto* usage = json::find(chunk, "usage"); usage != nullptr && usage->is_object()) {
        usage_ = read_usage(*usage);
    }
    const auto* choices = json::find(chunk, "choices");
    if (choices == nullptr || !choices->is_array()) return {};
    for (const auto& choice : choices->get_array()) {
        if (json::int_or(json::find(choice, "index"), 0) != 0) continue;
        TRY_DO(on_choice(choice));
    }
    return {};
}

base::Result<void> ChunkDecoder::on_choice(const json::Value& choice) {
    if (const auto words = llm_wire::read_error(choice)) return base::fail(upstream_error(*words));
    const auto* message = json::find(choice, "delta");
    if (message == nullptr || !message->is_object()) message = json::find(choice, "message");
    if (message != nullptr) on_message(*message);
    const std::string reason = json::string_or(json::find(choice, "finish_reason"));
    if (reason.empty()) return {};
    finish_ = llm_wire::finish_from(reason);
    if (!finish_) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} broke off the reply", label_.provider), "try again");
    }
    finished_ = true;
    return {};
}

void ChunkDecoder::on_message(const json::Value& message) {
    // One field or the other, sometimes both with the same words.
    const auto* thought = json::find(message, "reasoning_content");
    if (json::string_or(thought).empty()) thought = json::find(message, "reasoning");
    parts_.reasoning(json::string_or(thought));
    if (const auto* content = json::find(message, "content")) {
        if (const auto* list = content->if_array()) {
            for (const auto& part : *list) {
                parts_.text(json::string_or(json::find(part, "text")));
                parts_.reasoning(json::string_or(json::find_path(part, "thinking.0.text")));
            }
        } else {
            parts_.text(json::string_or(content));
        }
    }
    parts_.text(json::string_or(json::find(message, "refusal")));
    if (const auto* calls = json::find(message, "tool_calls")) on_tool_calls(*calls);
}

void ChunkDecoder::on_tool_calls(const json::Value& calls) {
    const auto* list = calls.if_array();
    if (list == nullptr) return;
    for (const auto& call : *list) {
        const int index = static_cast<int>(
            std::clamp<long long>(json::int_or(json::find(call, "index"), -1), -1, 1'000));
        const auto* arguments = json::find_path(call, "function.arguments");
        const bool object = arguments != nullptr && arguments->is_object();
        parts_.tool_call(index, json::string_or(json::find(call, "id")),
                         json::string_or(json::find_path(call, "function.name")),
                         object ? json::write(*arguments) : json::string_or(arguments));
    }
}

base::Result<ports::LlmOutcome> ChunkDecoder::finish() {
    if (form_ == Form::object) {
        TRY(whole, llm_wire::parse_event(object_, label_.provider));
        TRY_DO(on_chunk(whole));
    }
    parts_.end();
    ports::LlmOutcome outcome;
    outcome.model = model_.empty() ? label_.model : model_;
    outcome.usage = usage_;
    if (parts_.sink_has_enough()) {
        outcome.finish = ports::LlmFinish::stopped;
        return outcome;
    }
    if (!is_whole()) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} at {} ended before the reply was whole", label_.provider,
                                      label_.base_url),
                          "try again");
    }
    outcome.finish = finish_.value_or(ports::LlmFinish::stop);
    // Several servers say "stop" although they called tools.
    if (outcome.finish == ports::LlmFinish::stop && parts_.any_tool_call()) {
        outcome.finish = ports::LlmFinish::tool_calls;
    }
    return outcome;
}

}  // namespace adapters

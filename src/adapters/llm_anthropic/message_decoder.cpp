#include "adapters/llm_anthropic/message_decoder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "adapters/llm_anthropic/messages_body.hpp"
#include "base/text.hpp"

namespace adapters {
namespace {

using llm_wire::Flow;

int count_or(const json::Value* value, int fallback) {
    const long long number = json::int_or(value, fallback);
    return static_cast<int>(std::clamp<long long>(number, 0, std::numeric_limits<int>::max()));
}

}  // namespace

MessageDecoder::MessageDecoder(ports::LlmSink& sink, llm_wire::CallLabel label)
    : label_(std::move(label)), parts_(sink) {}

base::Result<Flow> MessageDecoder::on_bytes(std::string_view bytes) {
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

bool MessageDecoder::on_event(std::string_view data) {
    const auto text = base::trim(data);
    if (text.empty()) return true;
    auto event = llm_wire::parse_event(text, label_.provider);
    if (!event) {
        error_ = std::move(event.error());
        return false;
    }
    saw_event_ = true;
    if (auto read = on_typed(json::string_or(json::find(*event, "type")), *event); !read) {
        error_ = std::move(read.error());
        return false;
    }
    return !done_ && !parts_.sink_has_enough() && !parts_.too_large();
}

base::Result<void> MessageDecoder::on_typed(std::string_view type, const json::Value& event) {
    if (const auto words = llm_wire::read_error(event)) {
        llm_wire::Failure failure;
        failure.provider = label_.provider;
        failure.key_setting = label_.key_setting;
        failure.model = label_.model;
        return base::fail(llm_wire::to_error(std::move(failure), *words));
    }
    if (type == "message_start") {
        model_ = json::string_or(json::find_path(event, "message.model"));
        read_usage(json::find_path(event, "message.usage"));
    } else if (type == "content_block_start") {
        on_block_start(event);
    } else if (type == "content_block_delta") {
        on_block_delta(event);
    } else if (type == "content_block_stop") {
        on_block_stop();
    } else if (type == "message_delta") {
        read_usage(json::find(event, "usage"));
        const auto reason = json::string_or(json::find_path(event, "delta.stop_reason"));
        if (!reason.empty()) {
            finish_ = llm_wire::finish_from(reason).value_or(ports::LlmFinish::stop);
        }
    } else if (type == "message_stop") {
        done_ = true;
    }
    return {};
}

void MessageDecoder::on_block_start(const json::Value& event) {
    const auto type = json::string_or(json::find_path(event, "content_block.type"));
    block_index_ = count_or(json::find(event, "index"), 0);
    block_has_input_ = false;
    block_ = type == "text" ? Block::text : Block::other;
    if (type == "text") {
        parts_.text(json::string_or(json::find_path(event, "content_block.text")));
    } else if (type == "thinking") {
        parts_.reasoning(json::string_or(json::find_path(event, "content_block.thinking")));
    } else if (type == "tool_use") {
        const auto name = json::string_or(json::find_path(event, "content_block.name"));
        if (name == kReplyTool) {
            block_ = Block::reply_tool;
            replied_by_tool_ = true;
            return;
        }
        block_ = Block::tool;
        parts_.tool_call(block_index_, json::string_or(json::find_path(event, "content_block.id")),
                         name, {});
    }
}

void MessageDecoder::on_block_delta(const json::Value& event) {
    const auto type = json::string_or(json::find_path(event, "delta.type"));
    if (type == "text_delta") {
        parts_.text(json::string_or(json::find_path(event, "delta.text")));
    } else if (type == "thinking_delta") {
        parts_.reasoning(json::string_or(json::find_path(event, "delta.thinking")));
    } else if (type == "input_json_delta") {
        const auto piece = json::string_or(json::find_path(event, "delta.partial_json"));
        if (piece.empty()) return;
        block_has_input_ = true;
        if (block_ == Block::reply_tool) parts_.text(piece);
        if (block_ == Block::tool) parts_.tool_call(block_index_, {}, {}, piece);
    }
}

// A tool without parameters gets no delta at all.
void MessageDecoder::on_block_stop() {
    if (!block_has_input_ && block_ == Block::tool) parts_.tool_call(block_index_, {}, {}, "{}");
    if (!block_has_input_ && block_ == Block::reply_tool) parts_.text("{}");
    block_ = Block::other;
}

void MessageDecoder::read_usage(const json::Value* usage) {
    if (usage == nullptr || !usage->is_object()) return;
    ports::LlmUsage total = usage_.value_or(ports::LlmUsage{});
    if (json::find(*usage, "input_tokens") != nullptr) {
        // The three parts are counted apart; people mean their sum.
        const long long fresh = count_or(json::find(*usage, "input_tokens"), 0);
        const long long read = count_or(json::find(*usage, "cache_read_input_tokens"), 0);
        const long long written = count_or(json::find(*usage, "cache_creation_input_tokens"), 0);
        const long long sum =
            std::min<long long>(fresh + read + written, std::numeric_limits<int>::max());
        // A proxy may repeat the field as zero at the end.
        total.prompt_tokens = std::max(total.prompt_tokens, static_cast<int>(sum));
        total.cached_tokens = std::max(total.cached_tokens, static_cast<int>(read));
    }
    total.completion_tokens =
        count_or(json::find(*usage, "output_tokens"), total.completion_tokens);
    usage_ = total;
}

base::Result<ports::LlmOutcome> MessageDecoder::finish() {
    parts_.end();
    ports::LlmOutcome outcome;
    outcome.model = model_.empty() ? label_.model : model_;
    outcome.usage = usage_;
    if (parts_.sink_has_enough()) {
        outcome.finish = ports::LlmFinish::stopped;
        return outcome;
    }
    if (!is_whole()) {
        return base::fail(
            base::ErrorCode::upstream,
            fmt::format("{} at {} {}", label_.provider, label_.base_url,
                        saw_event_ ? "ended before the reply was whole"
                                   : "answered with something that is not an event stream"),
            saw_event_ ? "try again" : "check the base URL");
    }
    outcome.finish = *finish_;
    if (replied_by_tool_ && outcome.finish == ports::LlmFinish::tool_calls) {
        outcome.finish = ports::LlmFinish::stop;
    }
    return outcome;
}

}  // namespace adapters

#include "llm_wire/reply_parts.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"

namespace llm_wire {
namespace {

// The code unit of "\\uXXXX" at `at`, or -1.
int escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int unit = 0;
    const char* end = text.data() + at + 6;
    const auto parsed = std::from_chars(end - 4, end, unit, 16);
    return parsed.ec == std::errc() && parsed.ptr == end ? unit : -1;
}

bool is_high(int unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low(int unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

std::string without_half_characters(std::string_view text) {
    std::string out = base::to_valid_utf8(text);
    for (std::size_t at = out.find('\\'); at != std::string::npos; at = out.find('\\', at)) {
        const int unit = escaped_unit(out, at);
        if (is_high(unit) && is_low(escaped_unit(out, at + 6))) {
            at += 12;
        } else if (is_high(unit) || is_low(unit)) {
            out.replace(at, 6, "\\ufffd");
            at += 6;
        } else {
            at += 2;  // another escape, "\\\\" among them
        }
    }
    return out;
}

}  // namespace

bool ReplyParts::emit(ports::LlmEvent event) {
    if (!enough_ && !too_large()) enough_ = !sink_.on_event(event);
    return !enough_;
}

void ReplyParts::text(std::string_view piece) {
    if (piece.empty() || enough_) return;
    bytes_ += piece.size();
    // The splitter's own answer is the same as enough_.
    (void)splitter_.feed(piece, [this](ports::LlmEvent event) { return emit(std::move(event)); });
}

void ReplyParts::reasoning(std::string_view piece) {
    if (piece.empty() || enough_) return;
    bytes_ += piece.size();
    emit(ports::LlmReasoning{std::string(piece)});
}

std::optional<std::size_t> ReplyParts::find_call(int index, const std::string& id) const {
    for (std::size_t i = calls_.size(); i > 0; --i) {
        const Call& call = calls_[i - 1];
        const bool same_id = id.empty() || id == call.id;
        if ((index < 0 || call.index == index) && same_id) return i - 1;
        if (index < 0 && !same_id) return std::nullopt;
    }
    return std::nullopt;
}

void ReplyParts::tool_call(int index, std::string id, std::string name,
                           std::string_view arguments_part) {
    if (enough_) return;
    bytes_ += id.size() + name.size() + arguments_part.size();
    const auto known = find_call(index, id);
    std::size_t at = calls_.size();
    if (known) {
        at = *known;
        id.clear();
        name.clear();
    } else {
        if (calls_.size() == kMaxToolCalls) {
            too_many_calls_ = true;
            return;
        }
        if (id.empty()) id = fmt::format("call_{}", calls_.size());
        calls_.push_back({index, id});
    }
    emit(ports::LlmToolCallDelta{static_cast<int>(at), std::move(id), std::move(name),
                                 std::string(arguments_part)});
}

void ReplyParts::end() {
    (void)splitter_.finish([this](ports::LlmEvent event) { return emit(std::move(event)); });
}

base::Result<Flow> ReplyParts::flow(std::string_view provider) const {
    if (too_large()) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} sent a reply without end (over {})", provider,
                                      base::human_bytes(kMaxBytes)));
    }
    return enough_ ? Flow::enough : Flow::more;
}

std::optional<ports::LlmFinish> finish_from(std::string_view reason) {
    using ports::LlmFinish;
    static constexpr std::array<std::pair<std::string_view, LlmFinish>, 18> kReasons = {{
        {"stop", LlmFinish::stop},
        {"eos", LlmFinish::stop},
        {"end_turn", LlmFinish::stop},
        {"stop_sequence", LlmFinish::stop},
        {"pause_turn", LlmFinish::stop},
        {"length", LlmFinish::length},
        {"max_tokens", LlmFinish::length},
        {"max_output_tokens", LlmFinish::length},
        {"model_length", LlmFinish::length},
        {"model_context_window_exceeded", LlmFinish::length},
        {"tool_calls", LlmFinish::tool_calls},
        {"tool_use", LlmFinish::tool_calls},
        {"function_call", LlmFinish::tool_calls},
        {"content_filter", LlmFinish::content_filter},
        {"sensitive", LlmFinish::content_filter},
        {"safety", LlmFinish::content_filter},
        {"refusal", LlmFinish::content_filter},
        {"recitation", LlmFinish::content_filter},
    }};
    const std::string lower = base::to_lower_ascii(reason);
    for (const auto& [name, finish] : kReasons) {
        if (lower == name) return finish;
    }
    if (lower == "error" || lower == "insufficient_system_resource") return std::nullopt;
    return LlmFinish::stop;
}

base::Result<json::Value> parse_event(std::string_view text, std::string_view provider) {
    auto value = json::parse(text);
    if (!value) value = json::parse(without_half_characters(text));
    if (!value) {
        return base::fail(base::ErrorCode::upstream,
                          fmt::format("{} broke its protocol: an event that is {}", provider,
                                      value.error().message),
                          "try again");
    }
    return value;
}

}  // namespace llm_wire

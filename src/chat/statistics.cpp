#include "chat/statistics.hpp"

#include <fmt/core.h>

#include "chat/wire.hpp"

namespace chat {

Statistics statistics_of(const std::vector<ports::MessageRow>& rows) {
    Statistics sum;
    for (const auto& row : rows) {
        if (row.role == ports::StoredRole::notice || row.superseded) continue;
        ++sum.messages;
        if (row.role != ports::StoredRole::assistant) continue;
        ++sum.replies;
        const auto message = to_wire(row);
        if (!message.detail) continue;
        sum.prompt_tokens += message.detail->prompt_tokens.value_or(0);
        sum.cached_tokens += message.detail->cached_tokens.value_or(0);
        sum.completion_tokens += message.detail->completion_tokens.value_or(0);
        if (message.detail->source != protocol::ReplySource::model) continue;
        ++sum.by_model;
        ++sum.models[message.detail->model];
    }
    return sum;
}

std::string to_text(const Statistics& sum) {
    std::string text = fmt::format(
        "{} messages, {} of them replies. {} tokens read ({} from the cache), {} written.",
        sum.messages, sum.replies, sum.prompt_tokens, sum.cached_tokens, sum.completion_tokens);
    for (const auto& [model, replies] : sum.models) {
        text += fmt::format("\n- {}: {} {}", model.empty() ? "unnamed model" : model, replies,
                            replies == 1 ? "reply" : "replies");
    }
    if (const int rest = sum.replies - sum.by_model; rest > 0) {
        text += fmt::format("\n- without a model: {}", rest);
    }
    return text;
}

}  // namespace chat

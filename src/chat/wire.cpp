#include "chat/wire.hpp"

#include "json/describe.hpp"

namespace chat {
namespace {

template <class T>
std::optional<T> from_json_text(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto value = json::parse(text);
    if (!value) return std::nullopt;
    auto item = json::to<T>(*value);
    return item ? std::optional<T>(std::move(*item)) : std::nullopt;
}

std::optional<std::string> present(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

protocol::MessageStatus to_wire(ports::StoredStatus status) {
    switch (status) {
        case ports::StoredStatus::queued:
            return protocol::MessageStatus::queued;
        case ports::StoredStatus::complete:
            return protocol::MessageStatus::complete;
        case ports::StoredStatus::stopped:
            return protocol::MessageStatus::stopped;
        case ports::StoredStatus::interrupted:
            return protocol::MessageStatus::interrupted;
        case ports::StoredStatus::failed:
            return protocol::MessageStatus::failed;
    }
    return protocol::MessageStatus::complete;
}

protocol::Role to_wire(ports::StoredRole role) {
    switch (role) {
        case ports::StoredRole::user:
            return protocol::Role::user;
        case ports::StoredRole::assistant:
            return protocol::Role::assistant;
        case ports::StoredRole::notice:
            return protocol::Role::notice;
    }
    return protocol::Role::notice;
}

}  // namespace

protocol::Message to_wire(const ports::MessageRow& row) {
    protocol::Message message;
    message.id = row.id.str();
    message.session_id = row.session.str();
    message.turn_id = present(row.turn.str());
    message.role = to_wire(row.role);
    message.content = row.content;
    message.status = to_wire(row.status);
    message.created_at = row.created_at;
    message.reasoning = present(row.reasoning);
    message.replaces = present(row.replaces.str());
    message.idempotency_key = present(row.idempotency_key);
    message.detail = from_json_text<protocol::ReplyDetail>(row.detail_json);
    message.error = from_json_text<protocol::ErrorInfo>(row.error_json);
    if (message.error) message.action = message.error->action;
    // Kept with it is only what to do next.
    if (message.error && message.error->message.empty()) message.error.reset();
    return message;
}

protocol::Session to_wire(const ports::SessionRow& row, bool running) {
    return {row.id.str(),      row.title,   row.created_at, row.updated_at,
            row.message_count, row.preview, running,        present(row.continues.str())};
}

}  // namespace chat

#include "chat/turn_states.hpp"

namespace chat {

std::string finish_name(ports::LlmFinish finish) {
    switch (finish) {
        case ports::LlmFinish::stop:
            return "stop";
        case ports::LlmFinish::length:
            return "length";
        case ports::LlmFinish::tool_calls:
            return "tool_calls";
        case ports::LlmFinish::content_filter:
            return "content_filter";
        case ports::LlmFinish::stopped:
            return "stopped";
    }
    return "stop";
}

ports::StoredTurnState to_stored(protocol::TurnState state) {
    switch (state) {
        case protocol::TurnState::queued:
            return ports::StoredTurnState::queued;
        case protocol::TurnState::thinking:
        case protocol::TurnState::answering:
            return ports::StoredTurnState::running;
        case protocol::TurnState::done:
            return ports::StoredTurnState::done;
        case protocol::TurnState::stopped:
            return ports::StoredTurnState::stopped;
        case protocol::TurnState::interrupted:
            return ports::StoredTurnState::interrupted;
        case protocol::TurnState::failed:
            return ports::StoredTurnState::failed;
    }
    return ports::StoredTurnState::failed;
}

protocol::TurnState from_stored(ports::StoredTurnState state) {
    switch (state) {
        case ports::StoredTurnState::queued:
            return protocol::TurnState::queued;
        case ports::StoredTurnState::running:
            return protocol::TurnState::answering;
        case ports::StoredTurnState::done:
            return protocol::TurnState::done;
        case ports::StoredTurnState::stopped:
            return protocol::TurnState::stopped;
        case ports::StoredTurnState::interrupted:
            return protocol::TurnState::interrupted;
        case ports::StoredTurnState::failed:
            return protocol::TurnState::failed;
    }
    return protocol::TurnState::failed;
}

ports::StoredStatus status_of_reply(protocol::TurnState state) {
    switch (state) {
        case protocol::TurnState::stopped:
            return ports::StoredStatus::stopped;
        case protocol::TurnState::interrupted:
            return ports::StoredStatus::interrupted;
        case protocol::TurnState::failed:
            return ports::StoredStatus::failed;
        default:
            return ports::StoredStatus::complete;
    }
}

}  // namespace chat

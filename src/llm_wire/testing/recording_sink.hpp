// RecordingSink: an LlmSink for tests that keeps every event and can say "enough" or run a step
// of the test after a given number of them.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "ports/llm.hpp"

namespace llm_wire::testing {

class RecordingSink final : public ports::LlmSink {
public:
    std::size_t enough_after = std::numeric_limits<std::size_t>::max();
    std::function<void()> after_event;  // optional

    bool on_event(const ports::LlmEvent& event) override {
        events.push_back(event);
        if (after_event) after_event();
        return events.size() < enough_after;
    }

    [[nodiscard]] std::string text() const { return joined<ports::LlmText>(); }
    [[nodiscard]] std::string reasoning() const { return joined<ports::LlmReasoning>(); }
    // The tool calls put together, by index.
    [[nodiscard]] std::map<int, ports::LlmToolCall> tool_calls() const {
        std::map<int, ports::LlmToolCall> calls;
        for (const auto& event : events) {
            const auto* delta = std::get_if<ports::LlmToolCallDelta>(&event);
            if (delta == nullptr) continue;
            auto& call = calls[delta->index];
            call.id += delta->id;
            call.name += delta->name;
            call.arguments_json += delta->arguments_part;
        }
        return calls;
    }

    std::vector<ports::LlmEvent> events;

private:
    template <class Kind>
    [[nodiscard]] std::string joined() const {
        std::string out;
        for (const auto& event : events) {
            if (const auto* part = std::get_if<Kind>(&event)) out += part->text;
        }
        return out;
    }
};

}  // namespace llm_wire::testing

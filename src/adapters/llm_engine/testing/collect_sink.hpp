// CollectSink: keeps what a provider streams; can stop after some text or call back on each part.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "ports/llm.hpp"

namespace adapters::llm_engine::testing {

class CollectSink final : public ports::LlmSink {
public:
    bool on_event(const ports::LlmEvent& event) override {
        events.push_back(event);
        if (const auto* part = std::get_if<ports::LlmText>(&event)) text += part->text;
        return !on_part || on_part();
    }

    std::string text;
    std::vector<ports::LlmEvent> events;
    std::function<bool()> on_part;  // false: enough
};

}  // namespace adapters::llm_engine::testing

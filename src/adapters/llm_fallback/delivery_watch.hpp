// DeliveryWatch: passes events on and remembers whether any was: what was shown cannot be taken
// back, so nothing is tried again after it. Lives for one attempt; io thread.
#pragma once

#include "ports/llm.hpp"

namespace adapters {

class DeliveryWatch final : public ports::LlmSink {
public:
    explicit DeliveryWatch(ports::LlmSink& sink) : sink_(sink) {}

    [[nodiscard]] bool on_event(const ports::LlmEvent& event) override {
        delivered_ = true;
        return sink_.on_event(event);
    }
    [[nodiscard]] bool delivered() const { return delivered_; }

private:
    ports::LlmSink& sink_;
    bool delivered_ = false;
};

}  // namespace adapters

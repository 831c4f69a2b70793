// ThinkSplitter: parts reasoning that a model writes into its text as <think>…</think> from the
// answer, whatever way the pieces are cut. A block counts only at the start of the reply or right
// after another block, so that an answer about such tags stays an answer. Owned by one reply; pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ports/llm.hpp"

namespace llm_wire {

class ThinkSplitter {
public:
    // Returns false to stop.
    using Emit = std::function<bool(ports::LlmEvent)>;

    // False when `emit` asked to stop; nothing more is passed on then.
    [[nodiscard]] bool feed(std::string_view piece, const Emit& emit);
    // The reply is over: passes on what was held back because it could have become a tag.
    [[nodiscard]] bool finish(const Emit& emit);

private:
    enum class State { before, thinking, after, text };

    [[nodiscard]] bool step_before(const Emit& emit, bool last);
    [[nodiscard]] bool step_thinking(const Emit& emit, bool last);

    State state_ = State::before;
    std::string held_;
    std::string_view closing_;
    bool block_seen_ = false;
};

}  // namespace llm_wire

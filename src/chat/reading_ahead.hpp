// Reading ahead: while a person speaks or pauses, a model that computes here reads what their turn
// will send, so that its first token comes sooner. Nothing is stored, published or shown, and
// failures are only logged: the turn itself does without. io thread only.
#pragma once

#include <optional>
#include <stop_token>

#include "chat/turn_prompt.hpp"

namespace chat {

// The model of the next turn, where it reads ahead.
[[nodiscard]] std::optional<ModelRoute> route_that_reads_ahead(const ChatServices& services);

struct AheadOf {
    Past past;
    // As it would be accepted now; with empty content only what stands before its words is read.
    ports::MessageRow newest;
    base::PersonId person;
    ModelRoute route;
    bool whole = false;  // nothing is to be added to the words, unless the person goes on
};
// `window` stays with the caller and as it is. Stopped, it ends at the next step.
[[nodiscard]] async::Task<void> read_ahead(ChatServices& services, AheadOf ahead,
                                           PromptWindow& window, std::stop_token stop);

}  // namespace chat

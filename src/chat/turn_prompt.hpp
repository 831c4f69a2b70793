// What a message becomes before a model is asked: whether it needs one, and what stands in the
// prompt. The same for a turn and for a prompt that is only read ahead, so that both begin with the
// same bytes. Nothing here is stored, shown or published; io thread only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/persona.hpp"
#include "chat/prompt.hpp"
#include "chat/services.hpp"

namespace chat {

// What was said before a message.
struct Past {
    Rows rows;                  // in order; carried ones have places up to 0
    base::SessionId continues;  // the conversation that they come from
    bool cut_off = false;       // more was said before `rows`
};

// How far reflexes go beside this model; `wish` is the model that the person named.
[[nodiscard]] ReflexMode reflex_mode(const ChatServices& services, const std::string& wish,
                                     const std::optional<ModelRoute>& route);
// Whether a message is read as an order to the body at all.
[[nodiscard]] bool may_be_order(const ChatServices& services, const std::string& wish,
                                const std::string& text);
// Whether a model will answer this: it is no command, no order and no reflex. Without any effect.
[[nodiscard]] async::Task<bool> needs_model(ChatServices& services, std::string text,
                                            ModelRoute route);

struct PromptSource {
    PersonaText persona;
    Past past;
    ports::MessageRow newest;
    base::PersonId person;
    ModelGrade grade = ModelGrade::capable;
    std::string gestures;  // what the head says of the body
};
// Reads what is needed from the store. `newest` gets its volatile context, unless it has one: a
// retry says again what was said the first time. `head_seq`: of the window that will take it.
[[nodiscard]] async::Task<PromptInput> gather_prompt(ChatServices& services, PromptSource source,
                                                     long long head_seq);

}  // namespace chat

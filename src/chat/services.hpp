// What every conversation works with. Owned by the composition root, which outlives all of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "chat/body_link.hpp"
#include "chat/event_hub.hpp"
#include "chat/model_router.hpp"
#include "chat/note_recall.hpp"
#include "chat/persona.hpp"
#include "chat/reflex.hpp"
#include "chat/reset.hpp"
#include "ports/store.hpp"

namespace chat {

// What happens to messages that arrive while a reply is running. queue: each gets its own turn, in
// order. collect: all that wait are answered together. steer: the reply stops (what was said is
// kept) and the new message is answered at once.
enum class QueueMode { queue, collect, steer };

enum class ReflexPolicy { off, automatic, on };

struct ChatOptions {
    QueueMode queue_mode = QueueMode::queue;
    ReflexPolicy reflexes = ReflexPolicy::automatic;
    std::vector<std::string> stop_phrases = {"stop", "nook stop", "stop nook", "never mind",
                                             "nevermind"};
    std::size_t max_message_chars = 10'000;
    std::size_t max_queue = 50;
    std::chrono::milliseconds draft_interval{1'000};
    bool titles = true;
    ResetRule reset;
    int carry_messages = 10;  // taken along into a conversation that continues another
    int history_tokens = 0;   // most tokens of history in a prompt; 0: what the context leaves
};

struct ChatServices {
    async::Executor executor;
    async::Clock& clock;
    ports::Store& store;
    EventHub& hub;
    Persona& persona;
    Reflex& reflex;
    NoteRecall& notes;
    ModelRouter& router;
    BodyLink& body;
    ChatOptions options;
};

}  // namespace chat

// Mind: who answers in a Realtime session. The companion answers through chat, so that what is said
// is remembered like any conversation; a model answers by itself. Owned by one session; io thread
// only; what they refer to outlives them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chat/inbox.hpp"
#include "chat/services.hpp"
#include "ports/llm.hpp"

namespace realtime {

struct Asked {
    std::string instructions;
    std::vector<ports::LlmMessage> messages;  // without instructions
    std::vector<ports::LlmTool> tools;
    std::optional<int> max_tokens;
    std::optional<double> temperature;
    bool may_shorten = true;  // the oldest messages are left out when the model's context is full
    // What the person said since the last reply; empty when that is not all that is asked, so that
    // it is no plain talk with the companion.
    std::string plain;
    std::string key;  // of the session, for the model's cache
};

class MindSink : public ports::LlmSink {
public:
    // What was said so far is withdrawn. False: it is out already; enough.
    [[nodiscard]] virtual bool on_restart() = 0;
};

class Mind {
public:
    virtual ~Mind() = default;
    [[nodiscard]] virtual async::Task<base::Result<ports::LlmOutcome>> answer(
        Asked asked, MindSink& sink, std::stop_token stop) = 0;
};

// The model of that id; empty: the default one.
[[nodiscard]] std::unique_ptr<Mind> make_model_mind(chat::ChatServices& chat, std::string model);
// Words, nothing else, go through chat under `person`; everything else to the default model, with
// the companion's persona before the instructions.
[[nodiscard]] std::unique_ptr<Mind> make_companion_mind(chat::ChatServices& chat,
                                                        chat::Inbox& inbox, base::PersonId person);

}  // namespace realtime

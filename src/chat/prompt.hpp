// Prompt: puts a conversation before a model under its token budget, in an order that keeps the
// provider's cache warm: persona · summary · history · then, right before the newest message and
// kept as sent, what is volatile. The prompt of turn n is a byte prefix of that of turn n+1 until
// the window moves (docs/rooms/chat.md). One PromptWindow per conversation; io thread only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "chat/model_router.hpp"
#include "ports/store.hpp"

namespace chat {

struct PromptInput {
    std::string persona;                       // for a capable model
    std::string short_persona;                 // for a toy
    std::string companion;                     // name, for the transcript form
    std::vector<ports::MessageRow> history;    // oldest first, without the newest message
    ports::MessageRow newest;                  // its volatile_context is set
    std::optional<ports::SummaryRow> summary;  // the newest one stored
};

struct Prompt {
    ports::LlmRequest request;
    std::vector<protocol::PromptPart> parts;
    int total_tokens = 0;
    int budget_tokens = 0;
    // The window is fuller than this share of the budget: a summary should be made after the reply.
    bool wants_summary = false;
};

class PromptWindow {
public:
    // Counts tokens by the model's own tokenizer where there is one, else by a careful estimate.
    [[nodiscard]] async::Task<Prompt> assemble(PromptInput input, ModelRoute route);

    // First message (by seq) that is still in the window.
    [[nodiscard]] long long head_seq() const { return head_seq_; }
    // Forget counts and window, after an edit, a clear or a change of model.
    void reset();

private:
    [[nodiscard]] async::Task<int> count(ModelRoute route, std::string text, std::string key);
    // Moves the head once by half, so that the prefix stays the same for many turns after; keeps
    // the newest messages that fit into `target` tokens and returns their number of tokens.
    int move_window(const PromptInput& input, const std::vector<int>& tokens, int target);
    void fill_messages(Prompt& prompt, const PromptInput& input, const ModelRoute& route) const;
    void fill_transcript(Prompt& prompt, const PromptInput& input, const ModelRoute& route) const;

    std::string model_;
    long long head_seq_ = 0;
    std::optional<ports::SummaryRow> summary_in_use_;
    std::map<std::string, int> counts_;
};

// What stands before a message: local time, who speaks, notes that fit.
struct VolatileFacts {
    long long wall_ms = 0;
    std::string person_name;
    std::vector<std::string> notes;
};
[[nodiscard]] std::string volatile_context(const VolatileFacts& facts);

// About one token for 3.5 bytes of English, never too few for other scripts.
[[nodiscard]] int estimate_tokens(std::string_view text);

}  // namespace chat

// Prompt: puts a conversation before a model under its token budget, in an order that keeps the
// provider's cache warm: persona · summary · history · then, right before the newest message and
// kept as sent, what is volatile. The prompt of turn n is a byte prefix of that of turn n+1 until
// the window moves (docs/rooms/chat.md). One PromptWindow per conversation; io thread only.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "chat/model_router.hpp"
#include "chat/rows.hpp"
#include "ports/store.hpp"

namespace chat {

struct PromptInput {
    std::string persona;        // for a capable model
    std::string short_persona;  // for a toy, and where the other one leaves no room
    std::string companion;      // name, for the transcript form
    // Oldest first, without the newest message; what was carried over has places up to 0.
    Rows history;
    ports::MessageRow newest;                  // its volatile_context is set
    std::optional<ports::SummaryRow> summary;  // the newest one stored
    bool cut_off = false;                      // more was said before `history`
    int history_tokens = 0;                    // most tokens for it; 0: what the budget leaves
};

struct Prompt {
    ports::LlmRequest request;
    std::vector<protocol::PromptPart> parts;
    int total_tokens = 0;
    int budget_tokens = 0;
    // Persona and message alone are over the budget: the request is empty and must not be sent.
    bool too_long = false;
    // The window will soon drop messages that no model's summary covers: after the reply, one
    // should be made of everything before this place.
    std::optional<long long> summarise_before;
};

// Whether a message is part of what a model is told.
[[nodiscard]] bool in_prompt(const ports::MessageRow& row);

class PromptWindow {
public:
    // Counts tokens by the model's own tokenizer where there is one, else by a careful estimate.
    // total_tokens never exceeds budget_tokens unless too_long is set.
    [[nodiscard]] async::Task<Prompt> assemble(PromptInput input, ModelRoute route);

    // The prompt that assemble() would give now, without moving anything. Token counts are kept.
    [[nodiscard]] async::Task<Prompt> rehearse(PromptInput input, ModelRoute route);

    // What the head of the prompts says of the body: `now`, as it was when the head was made. What
    // is said later of another figure stands beside a message, so that the prefix stays.
    [[nodiscard]] const std::string& gestures(const ModelRoute& route, const std::string& now);
    // The same without making the head.
    [[nodiscard]] std::string gestures_to_be(const ModelRoute& route, const std::string& now) const;

    // First message (by seq) that is still in the window.
    [[nodiscard]] long long head_seq() const { return head_seq_; }
    // Forget counts and window, after a clear or a change of model.
    void reset();
    // What was said from this place on is said differently now; what is before it stays as sent.
    void edited_from(long long seq);

private:
    struct Room {
        int history = 0;  // for summary and history together
        int summary = 0;  // of this, at most for the summary
    };

    // Chooses what of summary and history fits beside persona and message. Both stay with the
    // caller while it waits.
    [[nodiscard]] async::Task<void> fit_history(Prompt& prompt, PromptInput& input,
                                                ModelRoute route);
    [[nodiscard]] async::Task<int> count(ModelRoute route, std::string text, std::string key);
    [[nodiscard]] async::Task<int> count_summary(ModelRoute route, int most);
    // Takes the stored summary where it is better than the one in use.
    void adopt(const std::optional<ports::SummaryRow>& stored);
    // Where the window would begin when `target` tokens are filled with the newest exchanges. A
    // window begins with a message of the person, so that what belongs to it (calls of tools and
    // their results, the reply) goes with it as a whole.
    [[nodiscard]] static long long head_for(const PromptInput& input,
                                            const std::vector<int>& tokens, int target, int most);
    // Moves the head once by half, so that the prefix stays the same for many turns after. What
    // is dropped and in no summary is picked out at once, so that no reply waits for a summary.
    void move_window(const PromptInput& input, const std::vector<int>& tokens, Room room);
    [[nodiscard]] std::optional<long long> summary_due(const PromptInput& input,
                                                       const std::vector<int>& tokens,
                                                       Room room) const;
    void fill_messages(Prompt& prompt, const PromptInput& input, const ModelRoute& route) const;
    void fill_transcript(Prompt& prompt, const PromptInput& input, const ModelRoute& route) const;

    std::string model_;
    std::optional<std::string> gestures_;
    bool begun_ = false;  // a prompt was assembled since the last reset
    long long head_seq_ = kFromTheStart;
    std::optional<ports::SummaryRow> summary_in_use_;
    std::map<std::string, int> counts_;

    static constexpr long long kFromTheStart = std::numeric_limits<long long>::min();
};

// About one token for 3.5 bytes of English, never too few for other scripts.
[[nodiscard]] int estimate_tokens(std::string_view text);

}  // namespace chat

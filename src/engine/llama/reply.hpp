// Reply: one chat request while it is computed: its prompt, place in memory, sampler, and the text
// that may leave. One that only reads (wire::kOnlyRead) makes no text; it may foresee, though: go
// on, once it has been answered, with tokens that only a reply to the same prompt takes over. One
// model's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/llama/reply_form.hpp"
#include "engine/prefix_cache.hpp"
#include "engine/text_stream.hpp"
#include "engine/ticket.hpp"

namespace engine::llama {

class Reply {
public:
    Reply(std::shared_ptr<Ticket> ticket, wire::Chat chat, ReplyForm form,
          std::unique_ptr<Sampler> sampler);

    // The prompt as it lies in memory; `kept` tokens of it are there already.
    void place(Placement place);
    [[nodiscard]] int sequence() const { return place_.sequence; }
    [[nodiscard]] const std::vector<Token>& prompt() const { return place_.prompt; }

    [[nodiscard]] bool only_reads() const { return chat.max_tokens == wire::kOnlyRead; }
    // All but the last token of the prompt is in memory; that one's scores nobody wants yet.
    [[nodiscard]] bool has_read() const {
        return !place_.prompt.empty() && decoded + 1 >= place_.prompt.size();
    }
    // One that only reads ends here, with what it read.
    void give_way() { ticket->done(figures()); }

    // Nothing but the prompt decides on the tokens: no grammar, no tools, no seed.
    [[nodiscard]] static bool is_foreseeable(const wire::Chat& chat);
    // One that only reads and was asked to foresee.
    [[nodiscard]] bool may_foresee() const { return only_reads() && sampler != nullptr; }
    [[nodiscard]] bool foresees_more() const;
    void foresee(Sampler::Choice choice, const Model& model);
    // Whether the reply to `other` could be the one that is foreseen here.
    [[nodiscard]] bool foresees_for(const Reply& other) const;
    // Goes on where `ahead` is, which is used up. Errors: those of accept().
    [[nodiscard]] base::Result<void> take_over(Reply& ahead, const Model& model, std::size_t limit);

    // Takes the token that the sampler chose; `limit` is the longest conversation in tokens.
    [[nodiscard]] base::Result<void> accept(Token token, double logprob, const Model& model,
                                            std::size_t limit);
    // Sends what may leave; true when the reply is over and everything has left.
    [[nodiscard]] bool flush();
    // The reply ends here, for want of room.
    [[nodiscard]] base::Result<void> end(wire::Finish finish);
    // The reply was cancelled: what was not sent is dropped, what it cost is still told.
    void stop();

    // Nothing more will be computed.
    [[nodiscard]] bool ended() const { return finish_.has_value(); }
    // Its unsent parts wait for credit.
    [[nodiscard]] bool blocked() const { return !text_.empty() || !deltas_.empty(); }

    // State that the scheduler keeps here.
    std::size_t decoded = 0;  // tokens of prompt and reply that lie in memory
    Token next = 0;           // the sampled token to decode, once the prompt is through
    bool generating = false;  // the prompt is through
    int output_row = -1;      // row of this reply's scores in the batch that was computed last

    const std::shared_ptr<Ticket> ticket;
    const wire::Chat chat;
    const ReplyForm form;
    std::unique_ptr<Sampler> sampler;  // null: it only reads

private:
    [[nodiscard]] base::Result<void> take_text(const std::string& piece);
    [[nodiscard]] wire::Done figures() const;

    Placement place_;
    TextStream stream_;
    std::unique_ptr<ReplyParser> parser_;
    std::string whole_;  // with a parser: everything produced
    std::string text_;   // ready to leave
    std::vector<wire::Delta> deltas_;
    std::optional<wire::Finish> finish_;
    std::vector<Sampler::Choice> foreseen_;
    bool foreseen_end_ = false;
    int produced_ = 0;
    int taken_over_ = 0;  // of them, from one that foresaw
    double logprob_sum_ = 0;
};

}  // namespace engine::llama

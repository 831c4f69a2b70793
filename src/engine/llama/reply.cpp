#include "engine/llama/reply.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <sampling.h>

namespace engine::llama {

Reply::Reply(std::shared_ptr<Ticket> ticket_in, wire::Chat chat_in, ReplyForm form_in,
             std::unique_ptr<Sampler> sampler_in)
    : ticket(std::move(ticket_in)),
      chat(std::move(chat_in)),
      form(std::move(form_in)),
      sampler(std::move(sampler_in)),
      stream_(form.stops) {
    if (form.parsed) parser_ = std::make_unique<ReplyParser>(form.params);
}

void Reply::place(Placement place) {
    place_ = std::move(place);
    decoded = place_.kept;
}

bool Reply::foresees_more() const {
    return !foreseen_end_ && std::ssize(foreseen_) < chat.foresee;
}

void Reply::foresee(Sampler::Choice choice, const Model& model) {
    foreseen_.push_back(choice);
    next = choice.token;
    foreseen_end_ = model.is_end(choice.token);
}

bool Reply::is_foreseeable(const wire::Chat& chat) {
    return chat.tools.empty() && chat.json_schema.empty() && chat.gbnf.empty() && !chat.seed;
}

bool Reply::foresees_for(const Reply& other) const {
    const auto& its = other.chat;
    return !other.only_reads() && is_foreseeable(its) && form.prompt == other.form.prompt &&
           form.special == other.form.special && chat.temperature == its.temperature &&
           chat.top_p == its.top_p && chat.top_k == its.top_k &&
           chat.repeat_penalty == its.repeat_penalty;
}

base::Result<void> Reply::take_over(Reply& ahead, const Model& model, std::size_t limit) {
    place(std::move(ahead.place_));
    decoded = ahead.decoded;
    place_.kept = std::min(decoded, place_.prompt.size());
    sampler = std::move(ahead.sampler);
    generating = ahead.generating;
    for (const auto& choice : ahead.foreseen_) {
        TRY_DO(accept(choice.token, choice.logprob, model, limit));
        if (ended()) break;
    }
    taken_over_ = produced_;
    return {};
}

base::Result<void> Reply::accept(Token token, double logprob, const Model& model,
                                 std::size_t limit) {
    if (model.is_end(token)) return end(wire::Finish::stop);
    ++produced_;
    logprob_sum_ += logprob;
    next = token;
    // A parser needs the marks of reasoning and tool calls; a person never sees any.
    TRY_DO(take_text(model.piece(token, parser_ ? Special::as_tokens : Special::as_text)));
    if (stream_.stopped()) return end(wire::Finish::stop);
    if (produced_ >= chat.max_tokens || decoded + 1 >= limit) return end(wire::Finish::length);
    return {};
}

base::Result<void> Reply::take_text(const std::string& piece) {
    std::string ready = stream_.feed(piece);
    if (!parser_) {
        text_ += ready;
        return {};
    }
    if (ready.empty()) return {};
    whole_ += ready;
    TRY(part, parser_->feed(whole_, false));
    text_ += part.text;
    deltas_.insert(deltas_.end(), part.deltas.begin(), part.deltas.end());
    return {};
}

base::Result<void> Reply::end(wire::Finish finish) {
    finish_ = finish;
    if (!parser_) {
        text_ += stream_.finish();
        return {};
    }
    whole_ += stream_.finish();
    // A reply cut by its length need not be complete.
    TRY(part, parser_->feed(whole_, finish != wire::Finish::length));
    text_ += part.text;
    deltas_.insert(deltas_.end(), part.deltas.begin(), part.deltas.end());
    if (finish == wire::Finish::stop && parser_->called_tools()) {
        finish_ = wire::Finish::tool_calls;
    }
    return {};
}

bool Reply::flush() {
    if (only_reads()) {
        if (has_read()) give_way();
        return has_read();
    }
    std::size_t sent = 0;
    while (sent < deltas_.size() && ticket->has_credit()) ticket->delta(deltas_[sent++]);
    deltas_.erase(deltas_.begin(), deltas_.begin() + static_cast<std::ptrdiff_t>(sent));
    if (!text_.empty() && deltas_.empty() && ticket->has_credit()) {
        ticket->text(std::exchange(text_, {}));
    }
    if (!finish_ || blocked()) return false;
    ticket->done(figures());
    return true;
}

void Reply::stop() {
    if (produced_ == 0) {
        ticket->fail(base::make_error(base::ErrorCode::cancelled, "stopped before the first word"));
        return;
    }
    finish_ = wire::Finish::stopped;
    ticket->done(figures());
}

wire::Done Reply::figures() const {
    wire::Done done;
    done.finish = finish_;
    done.prompt_tokens = static_cast<int>(place_.prompt.size());
    done.cached_tokens = static_cast<int>(place_.kept);
    done.completion_tokens = produced_;
    done.foreseen_tokens = taken_over_;
    if (produced_ > 0) done.mean_logprob = logprob_sum_ / produced_;
    return done;
}

}  // namespace engine::llama

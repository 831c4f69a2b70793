// ChatWork: what is read and foreseen for a chat that has not been asked for yet.
#include <iterator>

#include "engine/llama/chat_work.hpp"

namespace engine::llama {

ChatWork::Replies::iterator ChatWork::keep_ahead(Replies::iterator reply) {
    forget_foreseen();
    const auto next = std::next(reply);
    ahead_.splice(ahead_.begin(), replies_, reply);
    return next;
}

bool ChatWork::take_foreseen(Reply& reply) {
    if (ahead_.empty() || !ahead_.front().foresees_for(reply)) return false;
    const auto taken = reply.take_over(ahead_.front(), loaded_->model,
                                       static_cast<std::size_t>(loaded_->plan.tokens));
    ahead_.clear();
    if (!taken) {
        reply.ticket->fail(taken.error());
        reply.ticket->cancel();  // the next step removes it
    }
    return true;
}

bool ChatWork::forget_foreseen() {
    if (ahead_.empty()) return false;
    if (loaded_) loaded_->cache.give_back(ahead_.front().sequence());
    ahead_.clear();
    return true;
}

bool ChatWork::end_reading() {
    bool any = forget_foreseen();
    for (auto it = replies_.begin(); it != replies_.end();) {
        if (!it->only_reads() || waits(*it)) {
            ++it;
            continue;
        }
        it->give_way();
        it = remove(it);
        any = true;
    }
    return any;
}

void ChatWork::add_foreseen() {
    if (ahead_.empty() || !ahead_.front().foresees_more()) return;
    Reply& reply = ahead_.front();
    if (reply.decoded + 1 >= static_cast<std::size_t>(loaded_->plan.tokens)) {
        forget_foreseen();
        return;
    }
    add_to_batch(reply, reply.generating ? reply.next : reply.prompt().back(), reply.decoded, true);
    in_batch_.push_back(&reply);
}

}  // namespace engine::llama

#include "chat/event_hub.hpp"

#include <utility>
#include <vector>

#include "protocol/codec.hpp"

namespace chat {

EventHub::EventHub(std::size_t max_kept, std::size_t max_bytes)
    : epoch_(base::new_uuid()), max_kept_(max_kept), max_bytes_(max_bytes) {}

void EventHub::publish(const base::PersonId& person, const base::SessionId& session,
                       protocol::Event event) {
    auto item = std::make_shared<Published>();
    item->seq = ++last_seq_;
    item->person = person;
    item->session = session;
    item->text = protocol::encode_text(event, item->seq);
    item->event = std::move(event);
    bytes_ += item->text.size();
    kept_.push_back(std::make_shared<Kept>(Kept{item->seq, person, session, item->text}));
    while (kept_.size() > max_kept_ || (bytes_ > max_bytes_ && kept_.size() > 1)) {
        bytes_ -= kept_.front()->text.size();
        kept_.pop_front();
    }
    // A copy, because a listener may subscribe or unsubscribe while it is called.
    std::vector<std::shared_ptr<Listener>> listeners;
    std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
    for (const auto& weak : listeners_) {
        if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
    }
    const std::shared_ptr<const Published> shared = std::move(item);
    for (const auto& listener : listeners) (*listener)(shared);
}

std::optional<std::vector<std::shared_ptr<const Kept>>> EventHub::since(long long seq) const {
    if (seq > last_seq_) return std::nullopt;
    const long long oldest = kept_.empty() ? last_seq_ + 1 : kept_.front()->seq;
    if (seq + 1 < oldest) return std::nullopt;
    std::vector<std::shared_ptr<const Kept>> events;
    for (const auto& item : kept_) {
        if (item->seq > seq) events.push_back(item);
    }
    return events;
}

std::shared_ptr<void> EventHub::subscribe(Listener listener) {
    auto handle = std::make_shared<Listener>(std::move(listener));
    listeners_.push_back(handle);
    return handle;
}

}  // namespace chat

// EventHub: the one stream of events behind every surface. Numbers each event, keeps the newest
// ones for clients that reconnect, and hands each to the subscribers of its conversation.
// Owned by the composition root; io thread only; never fails.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "protocol/events.hpp"

namespace chat {

// An event as it went out. `session` is empty for what concerns every client of the person.
struct Published {
    long long seq = 0;
    base::PersonId person;  // empty: everyone
    base::SessionId session;
    protocol::Event event;
    std::string text;  // encoded once for all sockets
};

// What is kept of it for clients that come back: only what they are sent, since an event takes
// many times that.
struct Kept {
    long long seq = 0;
    base::PersonId person;
    base::SessionId session;
    std::string text;
};

class EventHub {
public:
    using Listener = std::function<void(const std::shared_ptr<const Published>&)>;

    // Keeps at most `max_kept` events (a quarter of an hour of talk) and `max_bytes` of their text;
    // the oldest are dropped, and who needs them gets a snapshot.
    explicit EventHub(std::size_t max_kept = 2048, std::size_t max_bytes = 4'000'000);

    // Differs for every run of the server, so that numbers of another run are never mistaken.
    [[nodiscard]] const std::string& epoch() const { return epoch_; }
    [[nodiscard]] long long last_seq() const { return last_seq_; }

    void publish(const base::PersonId& person, const base::SessionId& session,
                 protocol::Event event);

    // The kept events after `seq`, oldest first; empty optional when some were already dropped.
    [[nodiscard]] std::optional<std::vector<std::shared_ptr<const Kept>>> since(
        long long seq) const;

    // The listener is called for every event until the handle is destroyed; it must not block and
    // may unsubscribe from within.
    [[nodiscard]] std::shared_ptr<void> subscribe(Listener listener);

private:
    std::string epoch_;
    std::size_t max_kept_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    long long last_seq_ = 0;
    std::deque<std::shared_ptr<const Kept>> kept_;
    std::list<std::weak_ptr<Listener>> listeners_;
};

}  // namespace chat

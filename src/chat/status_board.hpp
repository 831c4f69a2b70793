// StatusBoard: the state of every subsystem with its reason, for /readyz, doctor and the page.
// A change is published as status.changed. Owned by the composition root; io thread only.
#pragma once

#include <string>
#include <vector>

#include "chat/event_hub.hpp"

namespace chat {

class StatusBoard {
public:
    explicit StatusBoard(EventHub& hub) : hub_(hub) {}

    void set(const std::string& name, protocol::Health health, std::string detail,
             std::string hint = {});
    [[nodiscard]] const std::vector<protocol::Subsystem>& all() const { return subsystems_; }
    // Whether everything that a conversation needs is up: server and storage.
    [[nodiscard]] bool ready() const;

private:
    EventHub& hub_;
    std::vector<protocol::Subsystem> subsystems_;
};

}  // namespace chat

#include "chat/status_board.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace chat {

void StatusBoard::set(const std::string& name, protocol::Health health, std::string detail,
                      std::string hint) {
    protocol::Subsystem next{name, health, base::log::redact(std::move(detail)),
                             base::log::redact(std::move(hint))};
    const auto known = std::ranges::find(subsystems_, name, &protocol::Subsystem::name);
    if (known == subsystems_.end()) {
        subsystems_.push_back(std::move(next));
    } else {
        const bool same = known->health == next.health && known->detail == next.detail &&
                          known->hint == next.hint;
        if (same) return;
        *known = std::move(next);
    }
    hub_.publish({}, {}, protocol::StatusChanged{subsystems_});
}

bool StatusBoard::ready() const {
    return std::ranges::all_of(subsystems_, [](const auto& s) {
        const bool needed = s.name == "server" || s.name == "storage";
        return !needed || s.health == protocol::Health::up;
    });
}

}  // namespace chat

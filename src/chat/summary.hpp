// Summaries: what stands in a prompt for the part of a conversation that it no longer holds. They
// are a view: no message is ever changed or removed for one. Made after a reply, by the model, or
// picked out at once by digest() where no model can. Failures are logged and tried again later.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chat/services.hpp"

namespace chat {

// Messages read from the store at once; older ones are reached through summaries only.
inline constexpr int kHistoryLimit = 600;

// Who condenses, for whom, and until when.
struct Condensing {
    ModelRoute route;
    std::string trace;  // id by which the log shows it: of the request that made it due
    std::stop_token stop;
};

// The newest summary of a conversation; of one that continues another and has none yet, that of
// the other, with up_to_seq 0.
[[nodiscard]] async::Task<std::optional<ports::SummaryRow>> effective_summary(
    ChatServices& services, base::SessionId session, base::SessionId continues);

// What was said last before the conversation began, in order, with places up to 0 that count
// backwards; empty when it continues none.
[[nodiscard]] async::Task<std::vector<ports::MessageRow>> carried_messages(
    ChatServices& services, ports::SessionRow session);

// Has the model condense `rows` (those to be covered, oldest first) and what its last summary
// said, in several requests when they are long, and stores the result.
[[nodiscard]] async::Task<void> make_summary(ChatServices& services, ports::SessionRow session,
                                             std::vector<ports::MessageRow> rows, Condensing work);

// The same for everything said in a conversation, so that another can go on from it.
[[nodiscard]] async::Task<void> summarise_all(ChatServices& services, base::SessionId session,
                                              Condensing work);

// Makes sure at once, without a model, that a summary covers everything said.
[[nodiscard]] async::Task<void> settle_summary(ChatServices& services, ports::SessionRow session);

}  // namespace chat

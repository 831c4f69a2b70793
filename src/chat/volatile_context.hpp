// What stands right before a message and is true only then: local time, who speaks, notes that
// matter to it. Stored with the message, so that later prompts repeat it as it was sent.
#pragma once

#include <string>
#include <vector>

#include "chat/services.hpp"

namespace chat {

struct VolatileFacts {
    long long wall_ms = 0;
    std::string person_name;
    std::vector<std::string> notes;
    std::string body;  // what a figure can do that the prompt does not know yet; mostly empty
};
[[nodiscard]] std::string volatile_context(const VolatileFacts& facts);

// Reads what is needed from the store; what cannot be read is left out. `said`: the volatile
// contexts that the prompt repeats; a note in them is left out. `body`: what its head says of the
// body; what can be done now is told where it differs, once.
[[nodiscard]] async::Task<std::string> make_volatile_context(ChatServices& services,
                                                             base::PersonId person,
                                                             std::string message,
                                                             std::vector<std::string> said,
                                                             std::string body);

}  // namespace chat

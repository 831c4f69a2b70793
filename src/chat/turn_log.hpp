// The lines that the log holds of a message and of one call of a model: who, how long, how much,
// how it ended; never what was said. Pure but for the log; any thread.
#pragma once

#include <optional>

#include "chat/session.hpp"

namespace chat {

// Milliseconds since the turn started, but `total`: of the call alone.
struct CallTimes {
    double asked = 0;
    std::optional<double> first_token;
    double total = 0;
};

// A message was stored and its turn waits or begins.
void log_accepted(const Receipt& receipt, const base::RequestId& request);

void log_model_call(const TurnJob& job, const ModelRoute& route,
                    const base::Result<ports::LlmOutcome>& outcome, CallTimes times);

}  // namespace chat

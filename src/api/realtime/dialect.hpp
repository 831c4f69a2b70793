// The older (beta) form of the Realtime protocol and the current one (GA). Inside there is only the
// current one: what comes in the older form is turned into it, and what goes out is turned back for
// a client that speaks it. Pure; any thread.
#pragma once

#include <vector>

#include "json/json.hpp"

namespace realtime {

enum class Dialect { current, beta };

// Whether a client event can only be meant in the older form: a session whose settings lie flat.
[[nodiscard]] bool is_beta(const json::Value& event);
// A client event of the older form in the current one; anything else as it is.
[[nodiscard]] json::Value from_beta(json::Value event);
// A server event for a client of the older form; empty: it does not know that event.
[[nodiscard]] json::Value to_beta(json::Object event);
// Only the session, for the HTTP routes of the older form.
[[nodiscard]] json::Object session_to_beta(const json::Object& session);

}  // namespace realtime

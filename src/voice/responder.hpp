// Responder: who answers what was said. A port of the spoken conversation: chat stands behind it
// for the companion, a Realtime session for its own items and tools. Implemented by surfaces,
// called by Conversation; io thread only. Only text to be spoken passes here; whatever else an
// answer holds (tool calls, usage) goes from the responder to its surface directly, before
// answer() returns.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/result.hpp"
#include "voice/playback_account.hpp"
#include "voice/turn_taker.hpp"

namespace voice {

using ResponseId = std::uint64_t;  // 1, 2, 3 … in a conversation

// What is to be answered. Of a response that the surface asked for itself: no turn and no text.
struct Question {
    ResponseId response = 0;  // 0 while it is only prepared
    std::optional<TurnId> turn;
    Revision revision = 0;  // from 1 on
    std::string text;
    std::string language;  // as recognised; may be empty
    double confidence = 1.0;
};

// Where the text of an answer goes as it is written; valid until answer() has returned.
class ReplySink {
public:
    virtual ~ReplySink() = default;
    // False: enough, nobody listens any more; answer() should end soon.
    [[nodiscard]] virtual bool on_text(std::string_view delta) = 0;
    // What was written so far is withdrawn and the answer begins again (another provider, a failed
    // check). False: it was heard already; go on instead, or end.
    [[nodiscard]] virtual bool on_restart() = 0;
};

enum class ResponseStatus { completed, interrupted, failed };

// How an answer ended for the person who heard it.
struct Ending {
    ResponseId response = 0;
    std::optional<TurnId> turn;
    ResponseStatus status = ResponseStatus::completed;
    std::string text;        // all of it as written
    std::string heard_text;  // the part that was heard: what history may keep
    Heard heard;
};

class Responder {
public:
    virtual ~Responder() = default;

    // The person may have finished: gets ready to answer `partial` (a model reads the prompt).
    // Nothing of it may show. Stopped at once when they go on; asked again under a later revision.
    // Under revision 0, without text, they have only begun: what was said before can be read.
    [[nodiscard]] virtual async::Task<void> prepare(Question partial, std::stop_token stop);
    // Writes the answer into `sink`. `stop` means that nobody listens any more. An error is said
    // to the person in text; what was written before it is still spoken.
    [[nodiscard]] virtual async::Task<base::Result<void>> answer(Question question, ReplySink& sink,
                                                                 std::stop_token stop) = 0;
    // Exactly once for each answer(), after it has returned and its sound is over: played to its
    // end, or cut off where history must be cut, too.
    [[nodiscard]] virtual async::Task<void> ended(Ending ending);
};

}  // namespace voice

// One call to a speech server: gives a good answer to a reader as it arrives and turns every other
// ending into a typed Error. Silence of longer than the server's timeout ends it, by the clock
// port. io thread only; ends at once on `stop`.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "adapters/speech_http/speech_server.hpp"
#include "async/clock.hpp"
#include "async/task.hpp"
#include "http/client.hpp"

namespace adapters::speech_http {

enum class Flow { more, enough };

// Takes one answer. An Error ends the call with it.
class AnswerReader {
public:
    virtual ~AnswerReader() = default;
    [[nodiscard]] virtual base::Result<void> on_type(std::string_view content_type) = 0;
    [[nodiscard]] virtual base::Result<Flow> on_bytes(std::string_view bytes) = 0;
};

// Who calls whom; `model` is named in errors.
struct Caller {
    http::Client& client;
    async::Clock& clock;
    const SpeechServer& server;
    std::string model;
};

// What `caller` refers to and `reader` must outlive the call. Errors: those
// of llm_wire/upstream_error.hpp, timeout, unavailable (nobody answers), cancelled.
[[nodiscard]] async::Task<base::Result<void>> call(Caller caller, http::ClientRequest request,
                                                   AnswerReader& reader, std::stop_token stop);

// Asks whether somebody answers at the address, whatever they say.
[[nodiscard]] async::Task<base::Result<void>> knock(http::Client& client, async::Clock& clock,
                                                    const SpeechServer& server,
                                                    std::stop_token stop);

}  // namespace adapters::speech_http

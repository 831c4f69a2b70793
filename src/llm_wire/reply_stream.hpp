// One streamed call to a remote provider: sends the request, gives a good body to a decoder as it
// arrives, and turns every other ending into a typed Error. io thread only; ends at once on `stop`.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "async/clock.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "llm_wire/upstream_error.hpp"
#include "ports/llm.hpp"

namespace llm_wire {

enum class Flow { more, enough };

// Reads the bytes of one reply and feeds the sink. Each provider has its own.
class ReplyDecoder {
public:
    virtual ~ReplyDecoder() = default;
    // `enough`: the reply is over, or the sink wants no more. An Error ends the call with it.
    [[nodiscard]] virtual base::Result<Flow> on_bytes(std::string_view bytes) = 0;
    // After the last byte. An Error when the reply is not whole.
    [[nodiscard]] virtual base::Result<ports::LlmOutcome> finish() = 0;
    // True once the provider said why it ended; a connection lost after that does no harm.
    [[nodiscard]] virtual bool is_whole() const = 0;
};

// What errors are told about the call.
struct CallLabel {
    std::string provider;
    std::string key_setting;
    std::string model;
    std::string base_url;
    std::string start_hint;  // what to do when nobody answers there
};

// What calls go out on; outlives them.
struct Wire {
    http::Client& client;
    const async::Clock& clock;
};

// `decoder` must outlive the call.
[[nodiscard]] async::Task<base::Result<ports::LlmOutcome>> stream_reply(Wire wire,
                                                                        http::ClientRequest request,
                                                                        ReplyDecoder& decoder,
                                                                        CallLabel label,
                                                                        std::stop_token stop);

// A whole JSON answer, such as a list of models.
[[nodiscard]] async::Task<base::Result<json::Value>> fetch_json(Wire wire,
                                                                http::ClientRequest request,
                                                                CallLabel label);

}  // namespace llm_wire

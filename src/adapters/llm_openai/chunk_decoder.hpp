// Reads a chat completion, streamed as server-sent events or, from servers that ignore `stream`,
// as one JSON object. One per request; io thread. Tolerates every dialect in quirks.hpp; what it
// cannot read is `upstream`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/sse.hpp"
#include "llm_wire/reply_parts.hpp"
#include "llm_wire/reply_stream.hpp"

namespace adapters {

class ChunkDecoder final : public llm_wire::ReplyDecoder {
public:
    // `label` names the call in errors; `sink` must outlive the decoder.
    ChunkDecoder(ports::LlmSink& sink, llm_wire::CallLabel label);

    [[nodiscard]] base::Result<llm_wire::Flow> on_bytes(std::string_view bytes) override;
    [[nodiscard]] base::Result<ports::LlmOutcome> finish() override;
    [[nodiscard]] bool is_whole() const override { return finished_ || done_; }

private:
    enum class Form { unknown, events, object };

    [[nodiscard]] bool on_event(std::string_view data);
    [[nodiscard]] base::Result<void> on_chunk(const json::Value& chunk);
    [[nodiscard]] base::Result<void> on_choice(const json::Value& choice);
    void on_message(const json::Value& message);
    void on_tool_calls(const json::Value& calls);
    [[nodiscard]] base::Error upstream_error(const llm_wire::ErrorWords& words) const;

    llm_wire::CallLabel label_;
    llm_wire::ReplyParts parts_;
    http::SseParser sse_;
    Form form_ = Form::unknown;
    std::string object_;  // the whole body, when it is one object
    std::optional<base::Error> error_;
    std::optional<ports::LlmFinish> finish_;
    std::optional<ports::LlmUsage> usage_;
    std::string model_;
    bool finished_ = false;  // a finish_reason came
    bool done_ = false;      // [DONE] came
};

}  // namespace adapters

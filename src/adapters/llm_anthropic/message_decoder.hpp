// Reads the event stream of the Messages API (message_start, content_block_*, message_delta,
// message_stop, ping, error). One per request; io thread. Unknown events and blocks are skipped,
// as the API asks; what cannot be read is `upstream`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/sse.hpp"
#include "llm_wire/reply_parts.hpp"
#include "llm_wire/reply_stream.hpp"

namespace adapters {

class MessageDecoder final : public llm_wire::ReplyDecoder {
public:
    // `sink` must outlive the decoder.
    MessageDecoder(ports::LlmSink& sink, llm_wire::CallLabel label);

    [[nodiscard]] base::Result<llm_wire::Flow> on_bytes(std::string_view bytes) override;
    [[nodiscard]] base::Result<ports::LlmOutcome> finish() override;
    [[nodiscard]] bool is_whole() const override { return finish_.has_value(); }

private:
    enum class Block { other, text, tool, reply_tool };

    [[nodiscard]] bool on_event(std::string_view data);
    [[nodiscard]] base::Result<void> on_typed(std::string_view type, const json::Value& event);
    void on_block_start(const json::Value& event);
    void on_block_delta(const json::Value& event);
    void on_block_stop();
    void read_usage(const json::Value* usage);

    llm_wire::CallLabel label_;
    llm_wire::ReplyParts parts_;
    http::SseParser sse_;
    std::optional<base::Error> error_;
    Block block_ = Block::other;
    int block_index_ = -1;
    bool block_has_input_ = false;
    std::optional<ports::LlmFinish> finish_;
    std::optional<ports::LlmUsage> usage_;
    std::string model_;
    bool saw_event_ = false;
    bool replied_by_tool_ = false;
    bool done_ = false;  // message_stop came
};

}  // namespace adapters

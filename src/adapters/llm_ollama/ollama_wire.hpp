// Ollama's native chat format: the request as JSON, and a decoder for the reply, which is one JSON
// object per line. Pure, or owned by one request; io thread. What cannot be read is `upstream`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/json.hpp"
#include "llm_wire/reply_parts.hpp"
#include "llm_wire/reply_stream.hpp"
#include "ports/llm.hpp"

namespace adapters {

// What the server is told besides the request; see OllamaOptions for the meaning.
struct OllamaTuning {
    int num_ctx = 0;
    std::string keep_alive;
    std::string think;
};

// invalid_argument for a schema that is no object, unsupported for grammars and raw prompts.
[[nodiscard]] base::Result<json::Value> ollama_body(ports::LlmRequest request,
                                                    const OllamaTuning& tuning);

class LineDecoder final : public llm_wire::ReplyDecoder {
public:
    // `sink` must outlive the decoder.
    LineDecoder(ports::LlmSink& sink, llm_wire::CallLabel label);

    [[nodiscard]] base::Result<llm_wire::Flow> on_bytes(std::string_view bytes) override;
    [[nodiscard]] base::Result<ports::LlmOutcome> finish() override;
    [[nodiscard]] bool is_whole() const override { return done_; }

private:
    [[nodiscard]] base::Result<void> on_line(std::string_view line);
    void on_message(const json::Value& message);

    llm_wire::CallLabel label_;
    llm_wire::ReplyParts parts_;
    std::string line_;
    ports::LlmOutcome outcome_;
    int tool_calls_ = 0;
    bool done_ = false;
};

}  // namespace adapters

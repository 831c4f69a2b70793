// ReplyParts: between a decoder and the caller's sink. Parts reasoning from text, gives whole
// UTF-8, keeps tool calls in order, bounds the size of a reply, and remembers when the sink has
// enough. Owned by one decoder; io thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "llm_wire/reply_stream.hpp"
#include "llm_wire/think_splitter.hpp"
#include "ports/llm.hpp"

namespace llm_wire {

class ReplyParts {
public:
    // A reply longer than this is not a reply.
    static constexpr std::size_t kMaxBytes = 2'000'000;
    static constexpr int kMaxToolCalls = 128;

    explicit ReplyParts(ports::LlmSink& sink) : sink_(sink) {}

    void text(std::string_view piece);
    void reasoning(std::string_view piece);
    // `index` as the provider counts; a negative one stands for the newest call, and a new id
    // under a used index opens a new call (some servers count nothing).
    void tool_call(int index, std::string id, std::string name, std::string_view arguments_part);
    // Passes on what the splitter held back.
    void end();

    [[nodiscard]] bool sink_has_enough() const { return enough_; }
    [[nodiscard]] bool too_large() const { return bytes_ > kMaxBytes || too_many_calls_; }
    [[nodiscard]] bool any_tool_call() const { return !calls_.empty(); }
    [[nodiscard]] base::Result<Flow> flow(std::string_view provider) const;

private:
    struct Call {
        int index = 0;  // the provider's
        std::string id;
    };
    bool emit(ports::LlmEvent event);
    [[nodiscard]] std::optional<std::size_t> find_call(int index, const std::string& id) const;

    ports::LlmSink& sink_;
    ThinkSplitter splitter_;
    std::vector<Call> calls_;
    std::size_t bytes_ = 0;
    bool enough_ = false;
    bool too_many_calls_ = false;
};

// "stop", "length", "tool_calls" … and their relatives in every dialect; nullopt for "error".
[[nodiscard]] std::optional<ports::LlmFinish> finish_from(std::string_view reason);

// JSON of one stream event. Half characters, which careless servers make when they cut a text
// (broken UTF-8, or an escaped surrogate without its other half), become U+FFFD; anything else
// malformed is `upstream` naming the provider.
[[nodiscard]] base::Result<json::Value> parse_event(std::string_view text,
                                                    std::string_view provider);

}  // namespace llm_wire

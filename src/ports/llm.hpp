// LlmProvider: the port behind which every language model lives (embedded, OpenAI-compatible,
// Ollama, Anthropic, scripted). Implemented by adapters, called by chat; io thread only.
// Failures are typed Errors; nothing throws. Every call ends soon after `stop` is requested.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"

namespace ports {

enum class LlmRole { system, user, assistant, tool };

// Where a model computes; the privacy rule and the page's badge depend on it.
enum class LlmPlace { here, local_network, cloud };

struct LlmToolCall {
    std::string id;
    std::string name;
    std::string arguments_json;
};

struct LlmMessage {
    LlmRole role = LlmRole::user;
    std::string content;
    std::vector<LlmToolCall> tool_calls;  // of an assistant message
    std::string tool_call_id;             // of a tool message
};

struct LlmTool {
    std::string name;
    std::string description;
    std::string parameters_json;  // a JSON Schema object
};

struct LlmSampling {
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<int> top_k;
    std::optional<double> repeat_penalty;
    std::optional<std::uint32_t> seed;
};

struct LlmRequest {
    std::string model;  // the provider's own id
    std::vector<LlmMessage> messages;
    // Verbatim prompt instead of `messages` (transcript form for models without a usable chat
    // template). Only providers whose LlmModel::raw_prompt is true accept it.
    std::string raw_prompt;
    std::vector<LlmTool> tools;
    LlmSampling sampling;
    int max_tokens = 1024;
    std::vector<std::string> stop_sequences;
    std::string json_schema;  // non-empty: the reply must be JSON of this schema
    std::string gbnf;         // non-empty: the reply must match this grammar (embedded only)
    // Conversations that share a key keep their KV cache warm; normally the session id.
    std::string cache_key;
    // Id by which the log shows what was done for one request; never sent anywhere.
    std::string trace;
    // Of prepare(): so many tokens of the reply may be chosen ahead.
    int foresee = 0;
};

// Parts of a streamed reply, in order of arrival. Text is whole UTF-8.
struct LlmText {
    std::string text;
};
struct LlmReasoning {
    std::string text;
};
struct LlmToolCallDelta {
    int index = 0;
    std::string id;              // on the first part
    std::string name;            // on the first part
    std::string arguments_part;  // to be appended
};
using LlmEvent = std::variant<LlmText, LlmReasoning, LlmToolCallDelta>;

// Receives the parts; called on the io thread and must not block. Returning false means "enough":
// the provider stops generating and finishes with LlmFinish::stopped.
class LlmSink {
public:
    virtual ~LlmSink() = default;
    [[nodiscard]] virtual bool on_event(const LlmEvent& event) = 0;
};

enum class LlmFinish { stop, length, tool_calls, content_filter, stopped };

struct LlmUsage {
    int prompt_tokens = 0;
    int cached_tokens = 0;  // of prompt_tokens, found in a cache
    int completion_tokens = 0;
    int foreseen_tokens = 0;  // of completion_tokens, chosen by prepare()
};

struct LlmOutcome {
    LlmFinish finish = LlmFinish::stop;
    std::optional<LlmUsage> usage;
    std::string model;  // as the provider named it
    // Mean log-probability of the produced tokens where the provider gives it (embedded).
    std::optional<double> mean_logprob;
};

struct LlmModel {
    std::string id;
    std::string name;
    LlmPlace place = LlmPlace::here;
    int context_tokens = 0;  // 0: unknown
    bool loaded = false;
    bool raw_prompt = false;
    bool tools = false;
};

class LlmProvider {
public:
    virtual ~LlmProvider() = default;

    // Short stable name: "embedded", "openai", "ollama", "anthropic", "scripted".
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual LlmPlace place() const = 0;

    // Streams one reply into `sink`, which must outlive the call. A reply cut by `stop` ends with
    // ErrorCode::cancelled within 100 ms. Errors: unavailable, unauthorized, forbidden (no credit,
    // not allowed here), rate_limited (detail "retry_after_s"), not_found (no such model),
    // too_large (over the context), timeout, upstream, engine_crashed, out_of_memory, unsupported
    // (the model cannot do this), invalid_argument.
    [[nodiscard]] virtual async::Task<base::Result<LlmOutcome>> chat(LlmRequest request,
                                                                     LlmSink& sink,
                                                                     std::stop_token stop) = 0;
    // Reads a prompt that will probably be asked soon, so that the first token of a chat() which
    // begins like it comes after the few tokens that are new. Goes on after that, while nothing
    // else is to be done, with the reply's first LlmRequest::foresee tokens: they stay unseen
    // unless a chat() asks for just that and takes them over. Keeps nothing but the provider's own
    // cache, and gives way to every chat(). Ends early by `stop`, with ErrorCode::cancelled; what
    // was read by then stays. Only where reading costs nothing but this machine's time; elsewhere
    // it does nothing and gives zeros. Errors: those of chat().
    [[nodiscard]] virtual async::Task<base::Result<LlmUsage>> prepare(LlmRequest request,
                                                                      std::stop_token stop) {
        static_cast<void>(request);
        static_cast<void>(stop);
        co_return LlmUsage{};
    }
    // Whether prepare() does anything; who asks first saves itself the work of making a prompt.
    [[nodiscard]] virtual bool reads_ahead() const { return false; }
    [[nodiscard]] virtual async::Task<base::Result<std::vector<LlmModel>>> models() = 0;

    // Tokens of `text` by the model's own tokenizer; `unsupported` where the provider has none
    // (the caller then estimates).
    [[nodiscard]] virtual async::Task<base::Result<int>> count_tokens(std::string model,
                                                                      std::string text) = 0;
};

}  // namespace ports

// What the JSON frames of the engine protocol carry. Values; any thread. parse<T>() refuses what
// does not fit; the size limits are those of frame.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "json/describe.hpp"
#include "json/json.hpp"

namespace engine::wire {

enum class ModelRole { chat, embed, recognise, speak, activity, turn, wake };
BOOST_DESCRIBE_ENUM(ModelRole, chat, embed, recognise, speak, activity, turn, wake)

struct ModelSpec {
    std::string id;
    std::string path;  // empty: built into the engine
    ModelRole role = ModelRole::chat;
    int context_tokens = 0;   // upper bound; 0: what the model was trained for
    std::string family = {};  // of engine/folders, or auto: `path` is a folder; empty: a file
    std::string shared = {};  // folder of what models of this role have in common; empty: nothing

    bool operator==(const ModelSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ModelSpec, (), (id, path, role, context_tokens, family, shared))

// The first frame; sent again when the list of models changes.
struct Setup {
    std::vector<ModelSpec> models;
    int threads = 0;        // core budget; 0: the engine chooses
    int idle_unload_s = 0;  // 0: never
};
BOOST_DESCRIBE_STRUCT(Setup, (), (models, threads, idle_unload_s))

struct ToolCall {
    std::string id;
    std::string name;
    std::string arguments;
};
BOOST_DESCRIBE_STRUCT(ToolCall, (), (id, name, arguments))

struct Message {
    std::string role;
    std::string content;
    std::vector<ToolCall> tool_calls;
    std::string tool_call_id;
};
BOOST_DESCRIBE_STRUCT(Message, (), (role, content, tool_calls, tool_call_id))

struct Tool {
    std::string name;
    std::string description;
    std::string parameters;  // JSON Schema as text
};
BOOST_DESCRIBE_STRUCT(Tool, (), (name, description, parameters))

// As max_tokens: the prompt is only read, so that a chat which begins like it has less to do.
inline constexpr int kOnlyRead = 0;

struct Chat {
    std::string model;
    std::vector<Message> messages;
    std::string raw_prompt;  // non-empty: instead of `messages`
    std::vector<Tool> tools;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<int> top_k;
    std::optional<double> repeat_penalty;
    std::optional<std::uint32_t> seed;
    int max_tokens = 1024;
    int foresee = 0;  // with kOnlyRead: tokens of the reply to choose ahead, for a chat like it
    std::vector<std::string> stop;
    std::string json_schema;
    std::string gbnf;
    std::string cache_key;
    std::uint32_t credit = 0;  // text frames that may come before the first credit frame
};
BOOST_DESCRIBE_STRUCT(Chat, (),
                      (model, messages, raw_prompt, tools, temperature, top_p, top_k,
                       repeat_penalty, seed, max_tokens, foresee, stop, json_schema, gbnf,
                       cache_key, credit))

struct Embed {
    std::string model;
    std::vector<std::string> texts;
};
BOOST_DESCRIBE_STRUCT(Embed, (), (model, texts))

struct Count {
    std::string model;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Count, (), (model, text))

struct Load {
    std::string model;
};
BOOST_DESCRIBE_STRUCT(Load, (), (model))

struct Hello {
    std::string engine;   // version of loci-engine
    std::string backend;  // file name of the arithmetic library in use
    bool slow = false;    // the machine can do better than `backend`
    int threads = 0;
    std::vector<std::string> sandbox;  // what was applied, one sentence each
    std::vector<std::string> speech;   // libraries of hearing and speaking: "on: …", "off: …"
};
BOOST_DESCRIBE_STRUCT(Hello, (), (engine, backend, slow, threads, sandbox, speech))

struct Beat {
    std::string model;
    bool loaded = false;
    bool busy = false;
    long long silent_ms = 0;  // of a busy worker: since its last sign of life
    int context_tokens = 0;   // as loaded; 1 for models without a context
};
BOOST_DESCRIBE_STRUCT(Beat, (), (model, loaded, busy, silent_ms, context_tokens))

struct Heartbeat {
    long long rss_bytes = 0;
    std::vector<Beat> workers;
};
BOOST_DESCRIBE_STRUCT(Heartbeat, (), (rss_bytes, workers))

struct Delta {
    std::optional<std::string> reasoning;
    std::optional<int> tool_index;  // with the parts of a tool call:
    std::string tool_id;
    std::string tool_name;
    std::string arguments_part;
};
BOOST_DESCRIBE_STRUCT(Delta, (), (reasoning, tool_index, tool_id, tool_name, arguments_part))

struct Progress {
    std::string model;
    double fraction = 0;
};
BOOST_DESCRIBE_STRUCT(Progress, (), (model, fraction))

// stopped: a cancel came after the first token.
enum class Finish { stop, length, tool_calls, stopped };
BOOST_DESCRIBE_ENUM(Finish, stop, length, tool_calls, stopped)

// The end of a request. `finish` and the numbers are those of a chat; one that only reads has no
// finish, and a count gives prompt_tokens only.
struct Done {
    std::optional<Finish> finish;
    int prompt_tokens = 0;
    int cached_tokens = 0;
    int completion_tokens = 0;
    std::optional<double> mean_logprob;
    int foreseen_tokens = 0;  // of completion_tokens, chosen before the request came
};
BOOST_DESCRIBE_STRUCT(Done, (),
                      (finish, prompt_tokens, cached_tokens, completion_tokens, mean_logprob,
                       foreseen_tokens))

struct Failure {
    std::string code;  // base::ErrorCode by name
    std::string message;
    std::string hint;
    std::map<std::string, std::string> details;
};
BOOST_DESCRIBE_STRUCT(Failure, (), (code, message, hint, details))

[[nodiscard]] Failure to_failure(const base::Error& error);
[[nodiscard]] base::Error to_error(Failure failure);

template <class T>
[[nodiscard]] std::string write(const T& message) {
    return json::write(json::from(message));
}

template <class T>
[[nodiscard]] base::Result<T> parse(std::string_view payload) {
    TRY(value, json::parse(payload));
    return json::to<T>(value);
}

// Vectors travel as raw floats: a list of equally long rows.
[[nodiscard]] std::string write_vectors(const std::vector<std::vector<float>>& rows);
[[nodiscard]] base::Result<std::vector<std::vector<float>>> parse_vectors(std::string_view payload);

}  // namespace engine::wire

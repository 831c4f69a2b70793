#include "adapters/llm_scripted/scripted_llm.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/event.hpp"
#include "base/text.hpp"

namespace adapters {
namespace {

int estimate_tokens(std::size_t bytes) {
    return static_cast<int>((bytes + 3) / 4);
}

std::string newest_user_message(const ports::LlmRequest& request) {
    for (auto it = request.messages.rbegin(); it != request.messages.rend(); ++it) {
        if (it->role == ports::LlmRole::user) return it->content;
    }
    return request.raw_prompt;
}

Script echo_of(const ports::LlmRequest& request, std::chrono::milliseconds delay) {
    Script script;
    script.steps.push_back({ports::LlmText{"You said:"}, delay, 1});
    const std::string said = newest_user_message(request);
    for (const auto word : base::split(said, ' ')) {
        script.steps.push_back({ports::LlmText{" " + std::string(word)}, delay, 1});
    }
    return script;
}

int prompt_tokens(const ports::LlmRequest& request) {
    std::size_t bytes = request.raw_prompt.size();
    for (const auto& message : request.messages) bytes += message.content.size();
    return estimate_tokens(bytes);
}

std::unexpected<base::Error> stopped() {
    return base::fail(base::ErrorCode::cancelled, "the reply was stopped");
}

// What one request has produced so far.
struct Played {
    ports::LlmSink& sink;
    ports::LlmOutcome outcome;
    int tool_calls = 0;
    int completion_tokens = 0;

    [[nodiscard]] bool send(const ports::LlmText& text) {
        completion_tokens += estimate_tokens(text.text.size());
        return sink.on_event(text);
    }
    [[nodiscard]] bool send(const ports::LlmReasoning& text) {
        completion_tokens += estimate_tokens(text.text.size());
        return sink.on_event(text);
    }
    [[nodiscard]] bool send(const ports::LlmToolCall& call) {
        outcome.finish = ports::LlmFinish::tool_calls;
        return sink.on_event(
            ports::LlmToolCallDelta{tool_calls++, call.id, call.name, call.arguments_json});
    }
    [[nodiscard]] bool send(const ports::LlmUsage& usage) {
        outcome.usage = usage;
        return true;
    }
    [[nodiscard]] bool send(const ports::LlmFinish& finish) {
        outcome.finish = finish;
        return true;
    }
    [[nodiscard]] bool send(const ScriptConfidence& confidence) {
        outcome.mean_logprob = confidence.mean_logprob;
        return true;
    }
    [[nodiscard]] bool send(const base::Error&) { return true; }
    [[nodiscard]] bool send(const ScriptHang&) { return true; }
};

}  // namespace

ScriptedLlm::ScriptedLlm(async::Clock& clock, ScriptedOptions options)
    : clock_(clock), options_(std::move(options)) {}

void ScriptedLlm::add(Script script) {
    options_.scripts.push_back(std::move(script));
}

void ScriptedLlm::add_reply(std::vector<std::string> pieces, std::chrono::milliseconds delay_each) {
    Script script;
    for (auto& piece : pieces) {
        script.steps.push_back({ports::LlmText{std::move(piece)}, delay_each, 1});
    }
    add(std::move(script));
}

std::size_t ScriptedLlm::scripts_left() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        options_.scripts, [](const Script& script) { return script.repeat != 0; }));
}

Script ScriptedLlm::take_script(const ports::LlmRequest& request) {
    const std::string said = newest_user_message(request);
    for (auto& script : options_.scripts) {
        if (script.repeat == 0 || said.find(script.match) == std::string::npos) continue;
        if (script.repeat > 0) --script.repeat;
        return script;
    }
    return echo_of(request, options_.echo_delay);
}

async::Task<base::Result<ports::LlmOutcome>> ScriptedLlm::chat(ports::LlmRequest request,
                                                               ports::LlmSink& sink,
                                                               std::stop_token stop) {
    if (requests_.size() >= options_.max_recorded && !requests_.empty()) {
        requests_.erase(requests_.begin());
    }
    requests_.push_back(request);
    Script script = take_script(request);
    ++running_;
    auto playing = play(std::move(script), std::move(request), sink, std::move(stop));
    auto outcome = co_await std::move(playing);
    --running_;
    co_return outcome;
}

async::Task<base::Result<ports::LlmOutcome>> ScriptedLlm::play(Script script,
                                                               ports::LlmRequest request,
                                                               ports::LlmSink& sink,
                                                               std::stop_token stop) {
    Played played{sink, {}, 0, 0};
    played.outcome.model = request.model.empty() ? options_.model : request.model;
    const auto executor = co_await boost::asio::this_coro::executor;
    for (const auto& step : script.steps) {
        for (int i = 0; i < step.times; ++i) {
            if (step.delay.count() > 0) {
                const bool came = co_await clock_.sleep_for(step.delay, stop);
                if (!came) co_return stopped();
            } else {
                // Others get their turn between two steps, as with a real provider.
                auto yield = boost::asio::post(executor, boost::asio::use_awaitable);
                co_await std::move(yield);
            }
            if (stop.stop_requested()) co_return stopped();
            if (const auto* error = std::get_if<base::Error>(&step.action)) {
                co_return base::fail(*error);
            }
            if (std::holds_alternative<ScriptHang>(step.action)) {
                async::Event never;
                co_await never.wait(stop);
                co_return stopped();
            }
            const bool more =
                std::visit([&](const auto& action) { return played.send(action); }, step.action);
            if (!more) {
                played.outcome.finish = ports::LlmFinish::stopped;
                co_return played.outcome;
            }
        }
    }
    if (stop.stop_requested()) co_return stopped();
    if (!played.outcome.usage) {
        played.outcome.usage = ports::LlmUsage{prompt_tokens(request), 0, played.completion_tokens};
    }
    co_return played.outcome;
}

void ScriptedLlm::read_ahead(std::chrono::milliseconds reading_time) {
    options_.reads_ahead = true;
    options_.reading_time = reading_time;
}

async::Task<base::Result<ports::LlmUsage>> ScriptedLlm::prepare(ports::LlmRequest request,
                                                                std::stop_token stop) {
    if (!options_.reads_ahead) co_return ports::LlmUsage{};
    if (prepared_.size() >= options_.max_recorded && !prepared_.empty()) {
        prepared_.erase(prepared_.begin());
    }
    const ports::LlmUsage usage{prompt_tokens(request), 0, 0};
    prepared_.push_back(std::move(request));
    const bool came = co_await clock_.sleep_for(options_.reading_time, stop);
    if (came && !stop.stop_requested()) co_return usage;
    ++withdrawn_;
    co_return base::fail(base::ErrorCode::cancelled, "the reading was stopped");
}

async::Task<base::Result<std::vector<ports::LlmModel>>> ScriptedLlm::models() {
    ports::LlmModel model;
    model.id = options_.model;
    model.name = options_.model;
    model.place = options_.place;
    model.context_tokens = options_.context_tokens;
    model.loaded = true;
    model.tools = true;
    co_return std::vector{model};
}

async::Task<base::Result<int>> ScriptedLlm::count_tokens(std::string, std::string text) {
    co_return estimate_tokens(text.size());
}

}  // namespace adapters

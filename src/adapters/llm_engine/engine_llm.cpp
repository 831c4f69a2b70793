#include "adapters/llm_engine/engine_llm.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"

namespace adapters::llm_engine {

using engine::wire::Frame;
using engine::wire::FrameType;

namespace {

std::string_view role_name(ports::LlmRole role) {
    switch (role) {
        case ports::LlmRole::system:
            return "system";
        case ports::LlmRole::user:
            return "user";
        case ports::LlmRole::assistant:
            return "assistant";
        case ports::LlmRole::tool:
            return "tool";
    }
    return "user";
}

engine::wire::Chat to_wire(ports::LlmRequest request) {
    engine::wire::Chat chat;
    chat.model = std::move(request.model);
    for (auto& message : request.messages) {
        engine::wire::Message out{std::string(role_name(message.role)),
                                  std::move(message.content),
                                  {},
                                  std::move(message.tool_call_id)};
        for (auto& call : message.tool_calls) {
            out.tool_calls.push_back({call.id, call.name, call.arguments_json});
        }
        chat.messages.push_back(std::move(out));
    }
    for (auto& tool : request.tools) {
        chat.tools.push_back({tool.name, tool.description, tool.parameters_json});
    }
    chat.raw_prompt = std::move(request.raw_prompt);
    chat.temperature = request.sampling.temperature;
    chat.top_p = request.sampling.top_p;
    chat.top_k = request.sampling.top_k;
    chat.repeat_penalty = request.sampling.repeat_penalty;
    chat.seed = request.sampling.seed;
    chat.max_tokens = request.max_tokens;
    chat.foresee = request.foresee;
    chat.stop = std::move(request.stop_sequences);
    chat.json_schema = std::move(request.json_schema);
    chat.gbnf = std::move(request.gbnf);
    chat.cache_key = std::move(request.cache_key);
    chat.credit = Exchange::kWindow;
    return chat;
}

// Gives one frame to the sink; false when the sink has enough.
base::Result<bool> hand_over(const Frame& frame, ports::LlmSink& sink) {
    if (frame.type == FrameType::text) {
        return sink.on_event(ports::LlmText{base::to_valid_utf8(frame.payload)});
    }
    TRY(delta, engine::wire::parse<engine::wire::Delta>(frame.payload));
    if (delta.reasoning) {
        return sink.on_event(ports::LlmReasoning{base::to_valid_utf8(*delta.reasoning)});
    }
    return sink.on_event(ports::LlmToolCallDelta{delta.tool_index.value_or(0), delta.tool_id,
                                                 delta.tool_name, delta.arguments_part});
}

base::Result<ports::LlmOutcome> to_outcome(const Frame& frame, std::string model) {
    TRY(done, engine::wire::parse<engine::wire::Done>(frame.payload));
    ports::LlmOutcome outcome;
    outcome.model = std::move(model);
    outcome.usage = ports::LlmUsage{done.prompt_tokens, done.cached_tokens, done.completion_tokens,
                                    done.foreseen_tokens};
    outcome.mean_logprob = done.mean_logprob;
    switch (done.finish.value_or(engine::wire::Finish::stop)) {
        case engine::wire::Finish::stop:
            outcome.finish = ports::LlmFinish::stop;
            break;
        case engine::wire::Finish::length:
            outcome.finish = ports::LlmFinish::length;
            break;
        case engine::wire::Finish::tool_calls:
            outcome.finish = ports::LlmFinish::tool_calls;
            break;
        case engine::wire::Finish::stopped:
            outcome.finish = ports::LlmFinish::stopped;
            break;
    }
    return outcome;
}

base::Error to_error(const Frame& frame) {
    auto failure = engine::wire::parse<engine::wire::Failure>(frame.payload);
    if (!failure) return std::move(failure.error());
    return engine::wire::to_error(std::move(*failure));
}

// The sink has enough: the engine is stopped and tells what the reply cost, which takes it one
// step. Without that last word (the engine ended, or the person stopped the turn as well) the
// outcome has no figures; the reply itself is whole either way.
async::Task<ports::LlmOutcome> end_early(std::shared_ptr<Link> link,
                                         std::shared_ptr<Exchange> exchange, std::string model,
                                         std::stop_token stop) {
    link->cancel(*exchange);
    ports::LlmOutcome outcome;
    outcome.finish = ports::LlmFinish::stopped;
    outcome.model = model;
    for (;;) {
        const auto frame = co_await exchange->frames.pop(stop);
        if (!frame) break;
        if (frame->type == FrameType::done) {
            auto told = to_outcome(*frame, model);
            if (!told) {
                LOG_WARN("engine", "the end of a reply cannot be read",
                         {"reason", told.error().message});
                break;
            }
            outcome = std::move(*told);
            outcome.finish = ports::LlmFinish::stopped;
            break;
        }
        if (frame->type == FrameType::failure) {
            LOG_WARN("engine", "a reply that was ended early has no figures",
                     {"reason", to_error(*frame).message});
            break;
        }
    }
    link->abandon(*exchange);
    co_return outcome;
}

}  // namespace

base::Result<void> EngineLlm::check_model(const std::string& model) const {
    const auto* known = host_.find(model);
    if (known != nullptr && known->role == EngineRole::chat) return {};
    return base::fail(base::ErrorCode::not_found, "there is no local chat model " + model,
                      "see `loci models list`");
}

async::Task<base::Result<ports::LlmUsage>> EngineLlm::prepare(ports::LlmRequest request,
                                                              std::stop_token stop) {
    const std::string model = request.model;
    CO_TRY_DO(check_model(model));
    request.max_tokens = engine::wire::kOnlyRead;
    std::string payload = engine::wire::write(to_wire(std::move(request)));
    auto reading = host_.ask(FrameType::chat, std::move(payload), std::move(stop));
    CO_TRY(answer, co_await std::move(reading));
    if (answer.type != FrameType::done) {
        co_return base::fail(base::ErrorCode::internal,
                             "the engine answered a prompt to be read with something else");
    }
    CO_TRY(outcome, to_outcome(answer, model));
    co_return outcome.usage.value_or(ports::LlmUsage{});
}

async::Task<base::Result<ports::LlmOutcome>> EngineLlm::chat(ports::LlmRequest request,
                                                             ports::LlmSink& sink,
                                                             std::stop_token stop) {
    const std::string model = request.model;
    CO_TRY_DO(check_model(model));
    if (request.max_tokens < 1) {
        co_return base::fail(base::ErrorCode::invalid_argument,
                             "a reply needs a `max_tokens` of at least 1");
    }
    std::string payload = engine::wire::write(to_wire(std::move(request)));
    auto opened = co_await host_.open(FrameType::chat, std::move(payload), stop);
    if (!opened) co_return base::fail(std::move(opened.error()));
    const auto link = opened->link;
    const auto exchange = opened->exchange;
    for (;;) {
        auto frame = co_await exchange->frames.pop(stop);
        // A stop counts even when more text already lies here.
        if (!frame || stop.stop_requested()) {
            link->abandon(*exchange);
            if (!frame && exchange->broken) co_return base::fail(*exchange->broken);
            co_return base::fail(base::ErrorCode::cancelled, "the reply was stopped");
        }
        switch (frame->type) {
            case FrameType::text:
            case FrameType::delta: {
                const auto more = hand_over(*frame, sink);
                if (!more) {
                    link->abandon(*exchange);
                    co_return base::fail(more.error());
                }
                if (!*more) {
                    auto ending = end_early(link, exchange, model, stop);
                    co_return co_await std::move(ending);
                }
                link->taken(*exchange);
                break;
            }
            case FrameType::progress:
                break;
            case FrameType::done:
                co_return to_outcome(*frame, model);
            case FrameType::failure:
                co_return base::fail(to_error(*frame));
            default:
                link->abandon(*exchange);
                co_return base::fail(base::ErrorCode::internal,
                                     "the engine answered a chat with something else");
        }
    }
}

async::Task<base::Result<std::vector<ports::LlmModel>>> EngineLlm::models() {
    std::vector<ports::LlmModel> models;
    for (const auto& model : host_.models()) {
        if (model.role != EngineRole::chat) continue;
        const int loaded = host_.loaded_context(model.id);
        ports::LlmModel out;
        out.id = model.id;
        out.name = model.name.empty() ? model.id : model.name;
        out.context_tokens = loaded > 0 ? loaded : model.context_tokens;
        out.loaded = loaded > 0;
        out.raw_prompt = model.raw_prompt;
        out.tools = model.tools;
        models.push_back(std::move(out));
    }
    co_return models;
}

async::Task<base::Result<int>> EngineLlm::count_tokens(std::string model, std::string text) {
    if (host_.find(model) == nullptr) {
        co_return base::fail(base::ErrorCode::not_found, "there is no local model " + model);
    }
    std::string payload =
        engine::wire::write(engine::wire::Count{std::move(model), std::move(text)});
    auto answer = co_await host_.ask(FrameType::count, std::move(payload), {});
    if (!answer) co_return base::fail(std::move(answer.error()));
    CO_TRY(done, engine::wire::parse<engine::wire::Done>(answer->payload));
    co_return done.prompt_tokens;
}

}  // namespace adapters::llm_engine

#include "chat/turn.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/command.hpp"
#include "chat/reply_check.hpp"
#include "chat/turn_log.hpp"
#include "chat/turn_states.hpp"
#include "chat/wire.hpp"
#include "json/describe.hpp"
#include "protocol/codec.hpp"

namespace chat {
namespace {

constexpr int kToySentences = 2;
constexpr int kMeasurableTokens = 16;  // of fewer the beginning is too large a part
constexpr std::string_view kToyBadge = "starter mind, often wrong";

double to_ms(async::Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

base::Error too_long(const Prompt& prompt, const std::string& model) {
    return base::make_error(base::ErrorCode::too_large,
                            fmt::format("the message is too long for {}: {} tokens with the "
                                        "persona, it takes {}",
                                        model, prompt.total_tokens, prompt.budget_tokens),
                            "shorten it, or choose a model with a larger context");
}

}  // namespace

Turn::Turn(ChatServices& services, TurnJob job)
    : services_(services),
      job_(std::move(job)),
      body_(services.body, {job_.message.session, job_.turn.id, job_.spoken}) {
    if (job_.request.empty()) job_.request = base::RequestId(job_.turn.id.str());
    detail_.source = protocol::ReplySource::model;
}

async::Task<std::optional<ports::MessageRow>> Turn::run(Past past, PromptWindow& window,
                                                        std::stop_token stop) {
    started_ = services_.clock.steady();
    last_draft_ = started_;
    const long long waited = std::max(0LL, services_.clock.wall_ms() - job_.turn.created_at);
    publish(protocol::TurnStarted{job_.message.session.str(), job_.turn.id.str(), reply_id_.str(),
                                  waited});
    LOG_INFO("chat", "turn started", {"request", job_.request.str()}, {"turn", job_.turn.id.str()},
             {"waited_ms", waited});
    auto answering = answer(std::move(past), window, std::move(stop));
    co_await std::move(answering);
    const bool kept = co_await stored();
    if (!kept) co_return std::nullopt;
    co_return co_await store_end();
}

async::Task<void> Turn::answer(Past past, PromptWindow& window, std::stop_token stop) {
    persona_ = services_.persona.current();
    services_.body.refresh();
    auto choosing = services_.router.choose(job_.turn.model);
    if (choosing) route_ = std::move(*choosing);
    bool answered = co_await try_command();
    if (!answered) answered = try_order();
    if (!answered) answered = co_await try_reflex();
    if (answered) co_return;
    if (stop.stop_requested()) {
        state_ = stopped_as_;
    } else if (!route_) {
        mark_started({});
        fail(choosing.error(), services_.router.absence_action());
    } else {
        co_await ask_model(std::move(past), window, stop);
    }
}

async::Task<bool> Turn::try_command() {
    const auto command = command_of(job_.message.content);
    if (!command) co_return false;
    const bool kept = co_await stored();
    if (!kept) co_return true;
    auto answering = answer_command(services_, *command, job_.message.session);
    auto answer = co_await std::move(answering);
    detail_.source = protocol::ReplySource::authored;
    detail_.place = protocol::Place::here;
    detail_.provider = "command";
    detail_.total_ms = since_start_ms();
    if (!answer) {
        fail(answer.error(), std::nullopt);
        co_return true;
    }
    text_ = std::move(*answer);
    publish(protocol::ReplyDelta{job_.message.session.str(), job_.turn.id.str(), text_});
    state_ = protocol::TurnState::done;
    co_return true;
}

async::Task<bool> Turn::try_reflex() {
    const ReflexMode mode = reflex_mode(services_, job_.turn.model, route_);
    auto matching = services_.reflex.match(job_.message.content, mode);
    const auto match = co_await std::move(matching);
    if (match.intent == nullptr) co_return false;
    const bool kept = co_await stored();
    if (!kept) co_return true;
    Utterance utterance{job_.message.content, job_.person, persona_.name};
    auto answering = services_.reflex.answer(match, std::move(utterance));
    auto answer = co_await std::move(answering);
    if (!answer) co_return false;
    detail_.source = protocol::ReplySource::reflex;
    detail_.place = protocol::Place::here;
    detail_.provider = "reflex";
    detail_.model = answer->intent;
    detail_.total_ms = since_start_ms();
    if (answer->action) error_ = protocol::ErrorInfo{"", "", "", std::move(answer->action)};
    say_authored(answer->text);
    show_feelings(body::text::Growth::over);
    for (auto& command : answer->commands) {
        command.session_id = job_.message.session.str();
        publish(std::move(command));
    }
    state_ = protocol::TurnState::done;
    co_return true;
}

async::Task<void> Turn::ask_model(Past past, PromptWindow& window, std::stop_token stop) {
    const bool toy = route_->profile.grade == ModelGrade::toy;
    detail_.provider = route_->provider->name();
    detail_.model = route_->profile.label;
    detail_.place = to_protocol(route_->profile.place);
    if (toy) detail_.badge = kToyBadge;
    set_state(protocol::TurnState::thinking);

    const std::string gestures = toy ? "" : window.gestures(*route_, services_.body.vocabulary());
    auto gathering = gather_prompt(
        services_,
        {persona_, std::move(past), job_.message, job_.person, route_->profile.grade, gestures},
        window.head_seq());
    PromptInput input = co_await std::move(gathering);
    job_.message.volatile_context = input.newest.volatile_context;
    auto assembling = window.assemble(std::move(input), *route_);
    Prompt prompt = co_await std::move(assembling);
    summarise_before_ = prompt.summarise_before;
    detail_.prompt_parts = prompt.parts;
    detail_.stages.push_back({"prompt", since_start_ms()});
    mark_started(job_.message.volatile_context);
    if (stop.stop_requested()) {
        state_ = stopped_as_;
        co_return;
    }
    if (prompt.too_long) {
        fail(too_long(prompt, detail_.model),
             protocol::Action{"open_models", "Choose another model", {}});
        co_return;
    }
    prompt.request.trace = job_.request.str();
    const double asked = since_start_ms();
    auto chatting = route_->provider->chat(std::move(prompt.request), *this, stop);
    const auto outcome = co_await std::move(chatting);
    log_model_call(job_, *route_, outcome,
                   {asked, detail_.first_token_ms, since_start_ms() - asked});
    finish_reply(outcome, stop.stop_requested());
}

bool Turn::on_event(const ports::LlmEvent& event) {
    if (const auto* text = std::get_if<ports::LlmText>(&event)) return on_text(text->text);
    if (const auto* reasoning = std::get_if<ports::LlmReasoning>(&event)) {
        reasoning_ += reasoning->text;
        publish(protocol::ReasoningDelta{job_.message.session.str(), job_.turn.id.str(),
                                         reasoning->text});
    }
    return true;
}

bool Turn::on_text(const std::string& text) {
    std::string piece = body_.feed(text);
    if (piece.empty()) return true;
    if (!detail_.first_token_ms) {
        detail_.first_token_ms = since_start_ms();
        set_state(protocol::TurnState::answering);
    }
    bool go_on = true;
    text_ += piece;
    if (route_->profile.grade == ModelGrade::toy) {
        const std::size_t end = end_of_sentences(text_, kToySentences);
        if (end != std::string::npos) {
            const std::size_t before = text_.size() - piece.size();
            text_.resize(end);
            piece = end > before ? text_.substr(before) : std::string();
            go_on = false;
        } else if (repeats_itself(text_)) {
            go_on = false;
        }
        cut_by_us_ = !go_on;
    }
    show(std::move(piece), protocol::BodySource::reply);
    show_feelings(body::text::Growth::goes_on);
    keep_draft();
    return go_on;
}

void Turn::finish_reply(const base::Result<ports::LlmOutcome>& outcome, bool stopped) {
    detail_.total_ms = since_start_ms();
    show_tail();
    if (!outcome) {
        if (stopped || outcome.error().code == base::ErrorCode::cancelled) {
            state_ = stopped_as_;
            detail_.finish = "stopped";
            return;
        }
        const bool partial = !text_.empty();
        fail(outcome.error(), protocol::Action{"retry", "Try again", {}});
        if (partial) state_ = protocol::TurnState::interrupted;
        return;
    }
    if (outcome->usage) {
        detail_.prompt_tokens = outcome->usage->prompt_tokens;
        detail_.cached_tokens = outcome->usage->cached_tokens;
        detail_.completion_tokens = outcome->usage->completion_tokens;
        const double streaming = *detail_.total_ms - detail_.first_token_ms.value_or(0);
        // What was foreseen came with the first, in no time.
        const int made =
            outcome->usage->completion_tokens - std::max(1, outcome->usage->foreseen_tokens);
        if (streaming > 1 && made > 0) detail_.tokens_per_s = made * 1000.0 / streaming;
        if (detail_.tokens_per_s && made + 1 >= kMeasurableTokens) {
            services_.router.note_speed(route_->profile.id, *detail_.tokens_per_s);
        }
    }
    detail_.finish = cut_by_us_ ? "stop" : finish_name(outcome->finish);
    state_ = stopped && outcome->finish == ports::LlmFinish::stopped && !cut_by_us_
                 ? stopped_as_
                 : protocol::TurnState::done;
    if (route_->profile.grade == ModelGrade::toy) check_toy_reply(*outcome);
    if (state_ == protocol::TurnState::done && text_.empty()) {
        fail(base::make_error(base::ErrorCode::upstream, "the model gave an empty reply",
                              "try again, or choose another model"),
             protocol::Action{"retry", "Try again", {}});
    }
}

void Turn::check_toy_reply(const ports::LlmOutcome& outcome) {
    if (state_ != protocol::TurnState::done) return;
    const auto fault = find_fault(job_.message.content, text_, outcome.mean_logprob);
    if (!fault) return;
    LOG_INFO("chat", "a starter reply was withdrawn", {"request", job_.request.str()},
             {"turn", job_.turn.id.str()}, {"fault", to_string(*fault)});
    publish(protocol::ReplyReset{job_.message.session.str(), job_.turn.id.str(),
                                 std::string(to_string(*fault))});
    text_ = *fault == ReplyFault::wrong_language
                ? "My starter mind speaks only English, and not much of it. A better model speaks "
                  "your language."
                : "I lost the thread there: my starter mind is very small. A better model would "
                  "answer this.";
    body_.reset();
    detail_.directions.reset();
    detail_.source = protocol::ReplySource::authored;
    detail_.badge.reset();
    detail_.finish = "withdrawn: " + std::string(to_string(*fault));
    // No error of the software, so without a message: only the button that helps.
    error_ = protocol::ErrorInfo{"", "", "", protocol::Action{"open_models", "Choose a model", {}}};
    if (services_.router.upgrade()) error_->action = services_.router.upgrade();
    publish(protocol::ReplyDelta{job_.message.session.str(), job_.turn.id.str(), text_});
}

void Turn::fail(base::Error error, std::optional<protocol::Action> action) {
    LOG_WARN("chat", "a turn failed", {"request", job_.request.str()}, {"turn", job_.turn.id.str()},
             {"code", base::to_string(error.code)}, {"reason", error.message});
    state_ = protocol::TurnState::failed;
    error_ = protocol::to_error_info(error);
    error_->action = std::move(action);
    detail_.finish = "error";
    detail_.total_ms = since_start_ms();
}

protocol::RunningTurn Turn::running() const {
    return {job_.turn.id.str(), job_.message.session.str(), reply_id_.str(), state_, text_,
            reasoning_};
}

void Turn::set_state(protocol::TurnState state) {
    state_ = state;
    publish(protocol::TurnStateChanged{job_.message.session.str(), job_.turn.id.str(), state,
                                       detail_.provider, detail_.model, detail_.place});
}

double Turn::since_start_ms() const {
    return to_ms(services_.clock.steady() - started_);
}

}  // namespace chat

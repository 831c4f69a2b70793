#include "api/realtime/mind.hpp"

#include <deque>
#include <utility>

#include "async/event.hpp"

namespace realtime {
namespace {

using Outcome = base::Result<ports::LlmOutcome>;

// The oldest go first; the newest stays whatever it takes.
base::Result<void> fit(ports::LlmRequest& request, int budget, bool may_shorten) {
    const auto cost = [](const ports::LlmMessage& message) {
        int tokens = 4 + chat::estimate_tokens(message.content);
        for (const auto& call : message.tool_calls) {
            tokens += chat::estimate_tokens(call.arguments_json);
        }
        return tokens;
    };
    int total = 0;
    for (const auto& message : request.messages) total += cost(message);
    const std::size_t fixed =
        !request.messages.empty() && request.messages[0].role == ports::LlmRole::system ? 1 : 0;
    while (total > budget && request.messages.size() > fixed + 1) {
        if (!may_shorten) {
            return base::fail(base::ErrorCode::too_large,
                              "the conversation is longer than the model's context",
                              "delete items, or set truncation to auto");
        }
        const auto oldest = request.messages.begin() + static_cast<std::ptrdiff_t>(fixed);
        total -= cost(*oldest);
        request.messages.erase(oldest);
    }
    return {};
}

async::Task<Outcome> ask_model(chat::ModelRoute route, Asked asked, ports::LlmSink& sink,
                               std::stop_token stop) {
    ports::LlmRequest request;
    request.model = route.profile.model;
    if (!asked.instructions.empty()) {
        request.messages.push_back({ports::LlmRole::system, asked.instructions, {}, {}});
    }
    for (auto& message : asked.messages) request.messages.push_back(std::move(message));
    request.tools = std::move(asked.tools);
    request.sampling = route.profile.sampling;
    if (asked.temperature) request.sampling.temperature = asked.temperature;
    request.max_tokens = std::min(asked.max_tokens.value_or(route.profile.max_reply_tokens),
                                  route.profile.max_reply_tokens);
    request.cache_key = asked.key;
    CO_TRY_DO(fit(request, route.profile.context_tokens - request.max_tokens, asked.may_shorten));
    auto chatting = route.provider->chat(std::move(request), sink, std::move(stop));
    co_return co_await std::move(chatting);
}

class ModelMind final : public Mind {
public:
    ModelMind(chat::ChatServices& chat, std::string model)
        : chat_(chat), model_(std::move(model)) {}

    async::Task<Outcome> answer(Asked asked, MindSink& sink, std::stop_token stop) override {
        CO_TRY(route, chat_.router.choose(model_));
        auto asking = ask_model(std::move(route), std::move(asked), sink, std::move(stop));
        co_return co_await std::move(asking);
    }

private:
    chat::ChatServices& chat_;
    std::string model_;
};

// The events of one conversation, from before a message is handed in.
struct Watch {
    std::deque<std::shared_ptr<const chat::Published>> events;
    async::Event changed;
    std::shared_ptr<void> handle;
};

std::shared_ptr<Watch> watch(chat::EventHub& hub, const base::SessionId& session) {
    auto made = std::make_shared<Watch>();
    std::weak_ptr<Watch> weak = made;
    made->handle = hub.subscribe([weak, session](const auto& item) {
        const auto self = weak.lock();
        if (!self || item->session != session) return;
        self->events.push_back(item);
        self->changed.set();
    });
    return made;
}

class CompanionMind final : public Mind {
public:
    CompanionMind(chat::ChatServices& chat, chat::Inbox& inbox, base::PersonId person)
        : chat_(chat), inbox_(inbox), person_(std::move(person)) {}

    async::Task<Outcome> answer(Asked asked, MindSink& sink, std::stop_token stop) override {
        if (!asked.plain.empty()) {
            auto talking = talk(std::move(asked.plain), sink, std::move(stop));
            co_return co_await std::move(talking);
        }
        CO_TRY(route, chat_.router.choose(""));
        const bool toy = route.profile.grade == chat::ModelGrade::toy;
        const std::string persona = toy ? chat_.persona.short_prompt() : chat_.persona.prompt();
        asked.instructions =
            asked.instructions.empty() ? persona : persona + "\n\n" + asked.instructions;
        auto asking = ask_model(std::move(route), std::move(asked), sink, std::move(stop));
        co_return co_await std::move(asking);
    }

private:
    async::Task<Outcome> talk(std::string text, MindSink& sink, std::stop_token stop) {
        chat::Incoming incoming;
        incoming.person = person_;
        incoming.session = session_;
        incoming.channel = "realtime";
        incoming.text = std::move(text);
        incoming.options.idempotency_key = base::new_uuid();
        // A reply that was cut off still ends: this one must not wait for it.
        incoming.options.steer = true;
        incoming.options.request = base::RequestId::make();
        auto placing = inbox_.place(std::move(incoming));
        CO_TRY(placed, co_await std::move(placing));
        session_ = placed.session;
        const auto events = watch(chat_.hub, *session_);
        auto submitting = inbox_.submit(std::move(placed));
        CO_TRY(receipt, co_await std::move(submitting));
        auto following = follow(events, receipt.turn.id.str(), sink, stop);
        auto outcome = co_await std::move(following);
        if (outcome && outcome->finish != ports::LlmFinish::stopped) co_return outcome;
        if (!outcome && !stop.stop_requested()) co_return outcome;
        auto stopping = inbox_.stop(person_, *session_);
        static_cast<void>(co_await std::move(stopping));
        co_return outcome;
    }

    static async::Task<Outcome> follow(std::shared_ptr<Watch> events, std::string turn,
                                       MindSink& sink, std::stop_token stop) {
        for (;;) {
            while (events->events.empty()) {
                events->changed.reset();
                const bool woken = co_await events->changed.wait(stop);
                if (!woken) co_return base::fail(base::ErrorCode::cancelled, "nobody listens");
            }
            const auto item = events->events.front();
            events->events.pop_front();
            if (const auto* delta = std::get_if<protocol::ReplyDelta>(&item->event)) {
                if (delta->turn_id != turn) continue;
                const bool more = sink.on_event(ports::LlmText{delta->text});
                if (!more) co_return ports::LlmOutcome{ports::LlmFinish::stopped, {}, {}, {}};
            } else if (const auto* reset = std::get_if<protocol::ReplyReset>(&item->event)) {
                if (reset->turn_id != turn) continue;
                const bool more = sink.on_restart();
                if (!more) co_return ports::LlmOutcome{ports::LlmFinish::stopped, {}, {}, {}};
            } else if (const auto* ended = std::get_if<protocol::TurnEnded>(&item->event)) {
                if (ended->turn_id != turn) continue;
                co_return outcome_of(*ended);
            }
        }
    }

    static Outcome outcome_of(const protocol::TurnEnded& ended) {
        if (ended.state == protocol::TurnState::failed) {
            const std::string what = ended.error ? ended.error->message : "the reply failed";
            return base::fail(
                ended.error ? base::error_code_from(ended.error->code) : base::ErrorCode::internal,
                what, ended.error ? ended.error->hint : "");
        }
        ports::LlmOutcome outcome;
        if (ended.message && ended.message->detail) {
            const auto& detail = *ended.message->detail;
            outcome.model = detail.model;
            outcome.usage = ports::LlmUsage{static_cast<int>(detail.prompt_tokens.value_or(0)),
                                            static_cast<int>(detail.cached_tokens.value_or(0)),
                                            static_cast<int>(detail.completion_tokens.value_or(0))};
        }
        return outcome;
    }

    chat::ChatServices& chat_;
    chat::Inbox& inbox_;
    base::PersonId person_;
    std::optional<base::SessionId> session_;
};

}  // namespace

std::unique_ptr<Mind> make_model_mind(chat::ChatServices& chat, std::string model) {
    return std::make_unique<ModelMind>(chat, std::move(model));
}

std::unique_ptr<Mind> make_companion_mind(chat::ChatServices& chat, chat::Inbox& inbox,
                                          base::PersonId person) {
    return std::make_unique<CompanionMind>(chat, inbox, std::move(person));
}

}  // namespace realtime

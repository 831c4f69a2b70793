#include "chat/turn_prompt.hpp"

#include <utility>

#include "async/begun.hpp"
#include "chat/command.hpp"
#include "chat/summary.hpp"
#include "chat/volatile_context.hpp"

namespace chat {
namespace {

// Longer texts tell something; they are no order.
constexpr std::size_t kMaxOrderBytes = 300;

}  // namespace

ReflexMode reflex_mode(const ChatServices& services, const std::string& wish,
                       const std::optional<ModelRoute>& route) {
    if (services.options.reflexes == ReflexPolicy::off || !wish.empty()) return ReflexMode::off;
    const bool capable = route && route->profile.grade == ModelGrade::capable;
    return capable ? ReflexMode::certain : ReflexMode::lenient;
}

bool may_be_order(const ChatServices& services, const std::string& wish, const std::string& text) {
    return services.options.reflexes != ReflexPolicy::off && wish.empty() &&
           services.body.has_stage() && text.size() <= kMaxOrderBytes;
}

async::Task<bool> needs_model(ChatServices& services, std::string text, ModelRoute route) {
    if (command_of(text) || do_argument(text)) co_return false;
    const std::string wish;
    if (may_be_order(services, wish, text) && services.body.book()->reader().read(text)) {
        co_return false;
    }
    const ReflexMode mode = reflex_mode(services, wish, std::move(route));
    auto matching = services.reflex.match(std::move(text), mode);
    const auto match = co_await std::move(matching);
    co_return match.intent == nullptr;
}

async::Task<PromptInput> gather_prompt(ChatServices& services, PromptSource source,
                                       long long head_seq) {
    PromptInput input;
    input.newest = std::move(source.newest);
    Past& past = source.past;
    // Read while the notes are searched.
    const async::Begun summary(services.executor, effective_summary(services, input.newest.session,
                                                                    std::move(past.continues)));
    if (source.grade == ModelGrade::capable && input.newest.volatile_context.empty()) {
        std::vector<std::string> said;
        for (const auto& row : past.rows) {
            const bool shown = row->seq >= head_seq && !row->volatile_context.empty();
            if (shown) said.push_back(row->volatile_context);
        }
        auto making = make_volatile_context(services, std::move(source.person),
                                            input.newest.content, std::move(said), source.gestures);
        input.newest.volatile_context = co_await std::move(making);
    }
    input.persona = std::move(source.persona.prompt);
    if (!source.gestures.empty()) input.persona += "\n\n" + source.gestures;
    input.short_persona = std::move(source.persona.short_prompt);
    input.companion = std::move(source.persona.name);
    input.history = std::move(past.rows);
    input.cut_off = past.cut_off;
    input.history_tokens = services.options.history_tokens;
    auto summing = summary.result();
    input.summary = co_await std::move(summing);
    co_return input;
}

}  // namespace chat

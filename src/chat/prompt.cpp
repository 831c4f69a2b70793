#include "chat/prompt.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "chat/reflex_arguments.hpp"
#include "chat/starter_form.hpp"

namespace chat {
namespace {

constexpr int kTokensPerMessage = 5;  // role markers of common chat templates
constexpr double kRefill = 0.5;       // a moved window is filled to this share of the budget
constexpr double kSummarise = 0.7;
// Toys lose the thread in long prompts, and reading them takes seconds on two cores.
constexpr int kToyHistoryTokens = 220;
constexpr std::string_view kPerson = "Person";  // in a transcript

bool in_prompt(const ports::MessageRow& row) {
    if (row.superseded || row.role == ports::StoredRole::notice) return false;
    if (row.role == ports::StoredRole::user) return true;
    return row.status != ports::StoredStatus::failed && !row.content.empty();
}

// The message as it was sent: what was volatile then, then the person's words.
std::string as_sent(const ports::MessageRow& row) {
    if (row.volatile_context.empty()) return row.content;
    return row.volatile_context + "\n\n" + row.content;
}

std::string summary_text(const ports::SummaryRow& summary) {
    return "Earlier in this conversation:\n" + summary.text;
}

}  // namespace

int estimate_tokens(std::string_view text) {
    std::size_t wide = 0;
    for (const char c : text) wide += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
    const auto narrow = static_cast<double>(text.size() - wide);
    return static_cast<int>(narrow / 3.5 + static_cast<double>(wide) / 2.0) + 1;
}

std::string volatile_context(const VolatileFacts& facts) {
    std::string text =
        fmt::format("[It is {}, {}.", date_text(facts.wall_ms), clock_text(facts.wall_ms));
    if (!facts.person_name.empty()) text += fmt::format(" {} is speaking.", facts.person_name);
    if (!facts.notes.empty()) {
        text += " Noted earlier:";
        for (const auto& note : facts.notes) text += " " + note + ";";
        text.back() = '.';
    }
    return text + "]";
}

void PromptWindow::reset() {
    model_.clear();
    head_seq_ = 0;
    summary_in_use_.reset();
    counts_.clear();
}

async::Task<int> PromptWindow::count(ModelRoute route, std::string text, std::string key) {
    const auto known = counts_.find(key);
    if (known != counts_.end()) co_return known->second;
    auto counting = route.provider->count_tokens(route.profile.model, text);
    const auto counted = co_await std::move(counting);
    const int tokens = counted ? *counted : estimate_tokens(text);
    counts_.emplace(std::move(key), tokens);
    co_return tokens;
}

int PromptWindow::move_window(const PromptInput& input, const std::vector<int>& tokens,
                              int target) {
    int kept = 0;
    head_seq_ = input.newest.seq;
    for (std::size_t i = input.history.size(); i-- > 0;) {
        if (kept + tokens[i] > target) break;
        kept += tokens[i];
        head_seq_ = input.history[i].seq;
    }
    return kept;
}

async::Task<Prompt> PromptWindow::assemble(PromptInput input, ModelRoute route) {
    if (model_ != route.profile.id) {
        reset();
        model_ = route.profile.id;
    }
    const bool toy = route.profile.grade == ModelGrade::toy;
    Prompt prompt;
    prompt.budget_tokens = route.profile.context_tokens - route.profile.max_reply_tokens - 64;

    std::erase_if(input.history, [](const auto& row) { return !in_prompt(row); });
    const std::string& persona = toy ? input.short_persona : input.persona;
    const int persona_tokens = co_await count(route, persona, "persona:" + persona);
    const std::string newest = toy ? input.newest.content : as_sent(input.newest);
    const int newest_tokens =
        co_await count(route, newest, input.newest.id.str()) + kTokensPerMessage;
    const int room = prompt.budget_tokens - persona_tokens - newest_tokens;
    const int history_room = toy ? std::min(room, kToyHistoryTokens) : room;

    std::vector<int> tokens;
    int history_tokens = 0;
    for (const auto& row : input.history) {
        const std::string text = toy ? row.content : as_sent(row);
        const int n = co_await count(route, text, row.id.str()) + kTokensPerMessage;
        tokens.push_back(n);
        if (row.seq >= head_seq_) history_tokens += n;
    }
    int summary_tokens = 0;
    if (summary_in_use_) {
        summary_tokens = co_await count(route, summary_text(*summary_in_use_),
                                        "summary:" + summary_in_use_->text);
    }
    if (history_tokens + summary_tokens > history_room) {
        if (input.summary && !toy) {
            summary_in_use_ = input.summary;
            summary_tokens = co_await count(route, summary_text(*summary_in_use_),
                                            "summary:" + summary_in_use_->text);
        }
        const int target = static_cast<int>(history_room * kRefill) - summary_tokens;
        history_tokens = move_window(input, tokens, target);
    }
    prompt.parts.push_back({"persona", persona_tokens});
    if (summary_tokens > 0) prompt.parts.push_back({"summary", summary_tokens});
    if (history_tokens > 0) prompt.parts.push_back({"history", history_tokens});
    prompt.parts.push_back({"message", newest_tokens});
    prompt.total_tokens = persona_tokens + summary_tokens + history_tokens + newest_tokens;
    prompt.wants_summary =
        !toy && history_tokens + summary_tokens > static_cast<int>(history_room * kSummarise);

    prompt.request.model = route.profile.model;
    prompt.request.sampling = route.profile.sampling;
    prompt.request.max_tokens = route.profile.max_reply_tokens;
    prompt.request.cache_key = input.newest.session.str();
    std::erase_if(input.history, [this](const auto& row) { return row.seq < head_seq_; });
    if (route.profile.form == PromptForm::transcript) {
        fill_transcript(prompt, input, route);
    } else {
        fill_messages(prompt, input, route);
    }
    co_return prompt;
}

void PromptWindow::fill_messages(Prompt& prompt, const PromptInput& input,
                                 const ModelRoute& route) const {
    const bool toy = route.profile.grade == ModelGrade::toy;
    auto& messages = prompt.request.messages;
    const StarterForm form = toy ? read_starter_form(input.short_persona) : StarterForm{};
    std::string system = toy ? form.persona : input.persona;
    if (summary_in_use_) system += "\n\n" + summary_text(*summary_in_use_);
    messages.push_back({ports::LlmRole::system, std::move(system), {}, {}});
    for (const auto& example : form.examples) {
        messages.push_back({ports::LlmRole::user, example.person, {}, {}});
        messages.push_back({ports::LlmRole::assistant, example.reply, {}, {}});
    }
    for (const auto& row : input.history) {
        const bool person = row.role == ports::StoredRole::user;
        messages.push_back({person ? ports::LlmRole::user : ports::LlmRole::assistant,
                            person && !toy ? as_sent(row) : row.content,
                            {},
                            {}});
    }
    messages.push_back(
        {ports::LlmRole::user, toy ? input.newest.content : as_sent(input.newest), {}, {}});
}

void PromptWindow::fill_transcript(Prompt& prompt, const PromptInput& input,
                                   const ModelRoute&) const {
    const StarterForm form = read_starter_form(input.short_persona);
    std::string& text = prompt.request.raw_prompt;
    text = form.persona + "\n";
    const auto add = [&](std::string_view speaker, std::string_view words) {
        text += "\n" + transcript_line(speaker, words);
    };
    for (const auto& example : form.examples) {
        add(kPerson, example.person);
        add(input.companion, example.reply);
    }
    for (const auto& row : input.history) {
        add(row.role == ports::StoredRole::user ? kPerson : input.companion, row.content);
    }
    add(kPerson, input.newest.content);
    text += "\n" + input.companion + ":";
    // Each reply is one line; without these a model goes on with the person's next one.
    prompt.request.stop_sequences = {"\n"};
}

}  // namespace chat

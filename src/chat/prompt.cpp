#include "chat/prompt.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "chat/digest.hpp"
#include "chat/reply_body.hpp"
#include "chat/starter_form.hpp"

namespace chat {
namespace {

constexpr int kTokensPerMessage = 5;    // role markers of common chat templates
constexpr double kRefill = 0.5;         // a moved window is filled to this share of the room
constexpr double kSummaryShare = 0.25;  // and a summary takes at most this one
constexpr double kSummarise = 0.7;
// Toys lose the thread in long prompts, and reading them takes seconds on two cores.
constexpr int kToyHistoryTokens = 220;
constexpr std::string_view kPerson = "Person";  // in a transcript
// The newest messages stay as they are; a summary covers what is before them.
constexpr std::size_t kKeepVerbatim = 10;

// The message as it was sent: what was volatile then, then the person's words. A reply as its model
// wrote it.
std::string as_sent(const ports::MessageRow& row) {
    if (row.role == ports::StoredRole::assistant) return as_written(row);
    if (row.volatile_context.empty()) return row.content;
    return row.volatile_context + "\n\n" + row.content;
}

std::string summary_text(const ports::SummaryRow& summary) {
    return "Earlier in this conversation:\n" + summary.text;
}

int share(int tokens, double part) {
    return static_cast<int>(tokens * part);
}

// An apology that stands for a starter's withdrawn reply: of no use to any model, and not what the
// engine has in its cache.
bool stands_for_withdrawn(const ports::MessageRow& row) {
    return row.detail_json.find(R"("finish":"withdrawn: )") != std::string::npos;
}

}  // namespace

bool in_prompt(const ports::MessageRow& row) {
    if (row.superseded || row.role == ports::StoredRole::notice) return false;
    // Stopped before its turn began: the person took it back.
    if (row.role == ports::StoredRole::user) return row.status != ports::StoredStatus::stopped;
    return row.status != ports::StoredStatus::failed && !row.content.empty() &&
           !stands_for_withdrawn(row);
}

int estimate_tokens(std::string_view text) {
    std::size_t wide = 0;
    for (const char c : text) wide += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
    const auto narrow = static_cast<double>(text.size() - wide);
    return static_cast<int>(narrow / 3.5 + static_cast<double>(wide) / 2.0) + 1;
}

const std::string& PromptWindow::gestures(const ModelRoute& route, const std::string& now) {
    if (model_ != route.profile.id) {
        reset();
        model_ = route.profile.id;
    }
    if (!gestures_) gestures_ = now;
    return *gestures_;
}

std::string PromptWindow::gestures_to_be(const ModelRoute& route, const std::string& now) const {
    return model_ == route.profile.id ? gestures_.value_or(now) : now;
}

void PromptWindow::reset() {
    model_.clear();
    gestures_.reset();
    begun_ = false;
    head_seq_ = kFromTheStart;
    summary_in_use_.reset();
    counts_.clear();
}

void PromptWindow::edited_from(long long seq) {
    const bool covered = summary_in_use_ && summary_in_use_->up_to_seq >= seq;
    if (covered || seq <= head_seq_) reset();
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

// Cuts a summary that is too long for the room; its beginning is worth most.
async::Task<int> PromptWindow::count_summary(ModelRoute route, int most) {
    while (summary_in_use_) {
        const int tokens = co_await count(route, summary_text(*summary_in_use_),
                                          "summary:" + summary_in_use_->text);
        if (tokens <= most) co_return tokens;
        std::string& text = summary_in_use_->text;
        const std::size_t kept = text.size() * 4 / 5;
        if (kept < 40) break;
        text.resize(base::valid_utf8_prefix(std::string_view(text).substr(0, kept)));
    }
    summary_in_use_.reset();
    co_return 0;
}

void PromptWindow::adopt(const std::optional<ports::SummaryRow>& stored) {
    if (!stored || !summary_in_use_) return;
    const bool better =
        summary_in_use_->by == ports::SummaryBy::extract && stored->by == ports::SummaryBy::model;
    if (better && stored->up_to_seq >= summary_in_use_->up_to_seq) summary_in_use_ = stored;
}

long long PromptWindow::head_for(const PromptInput& input, const std::vector<int>& tokens,
                                 int target, int most) {
    long long head = input.newest.seq;
    int exchange = 0;
    int kept = 0;
    for (std::size_t i = input.history.size(); i-- > 0;) {
        exchange += tokens[i];
        if (input.history[i]->role != ports::StoredRole::user) continue;
        // The newest exchange is worth more than an even share.
        if (kept + exchange > (kept == 0 ? most : target)) break;
        kept += exchange;
        exchange = 0;
        head = input.history[i]->seq;
    }
    return head;
}

void PromptWindow::move_window(const PromptInput& input, const std::vector<int>& tokens,
                               Room room) {
    const long long before = head_seq_;
    head_seq_ = std::max(
        before, head_for(input, tokens, share(room.history, kRefill), room.history - room.summary));
    const auto& stored = input.summary;
    // What was picked out at the last move may cover more than what is stored.
    if (stored && (!summary_in_use_ || stored->up_to_seq >= summary_in_use_->up_to_seq)) {
        summary_in_use_ = stored;
    }
    const long long covered = summary_in_use_ ? summary_in_use_->up_to_seq : kFromTheStart;
    std::vector<ports::MessageRow> dropped;
    for (const auto& row : input.history) {
        if (row->seq > covered && row->seq < head_seq_) dropped.push_back(*row);
    }
    if (dropped.empty() || head_seq_ == before) return;
    ports::SummaryRow picked;
    picked.session = input.newest.session;
    picked.up_to_seq = dropped.back().seq;
    picked.by = ports::SummaryBy::extract;
    picked.text = digest(summary_in_use_ ? summary_in_use_->text : "", dropped, room.summary);
    summary_in_use_ = std::move(picked);
}

std::optional<long long> PromptWindow::summary_due(const PromptInput& input,
                                                   const std::vector<int>& tokens,
                                                   Room room) const {
    const bool by_model = input.summary && input.summary->by == ports::SummaryBy::model;
    const long long covered = by_model ? input.summary->up_to_seq : 0;
    const long long head =
        head_for(input, tokens, share(room.history, kRefill), room.history - room.summary);
    const bool uncovered = std::ranges::any_of(input.history, [&](const auto& row) {
        return row->seq > covered && row->seq < std::max(head, head_seq_);
    });
    if (!uncovered) return std::nullopt;
    // Further than needed now, so that this one lasts for many turns.
    const std::size_t size = input.history.size();
    const long long newest = size > kKeepVerbatim ? input.history[size - kKeepVerbatim]->seq : 0;
    return std::max({head, head_seq_, newest});
}

async::Task<Prompt> PromptWindow::assemble(PromptInput input, ModelRoute route) {
    if (model_ != route.profile.id) {
        reset();
        model_ = route.profile.id;
    }
    const bool toy = route.profile.grade == ModelGrade::toy;
    if (toy) input.persona = input.short_persona;
    std::erase_if(input.history, [](const auto& row) { return !in_prompt(*row); });

    Prompt prompt;
    prompt.budget_tokens = route.profile.context_tokens - route.profile.max_reply_tokens - 64;
    std::string newest = toy ? input.newest.content : as_sent(input.newest);
    auto counting = count(route, std::move(newest), input.newest.id.str());
    const int newest_tokens = co_await std::move(counting) + kTokensPerMessage;
    auto sizing = count(route, input.persona, "persona:" + input.persona);
    int persona_tokens = co_await std::move(sizing);
    if (persona_tokens + newest_tokens > prompt.budget_tokens) {
        input.persona = input.short_persona;
        auto again = count(route, input.persona, "persona:" + input.persona);
        persona_tokens = co_await std::move(again);
    }
    prompt.total_tokens = persona_tokens + newest_tokens;
    prompt.parts.push_back({"persona", persona_tokens});
    if (prompt.total_tokens > prompt.budget_tokens) {
        prompt.too_long = true;
        co_return prompt;
    }
    auto fitting = fit_history(prompt, input, route);
    co_await std::move(fitting);
    prompt.parts.push_back({"message", newest_tokens});

    prompt.request.model = route.profile.model;
    prompt.request.sampling = route.profile.sampling;
    prompt.request.max_tokens = route.profile.max_reply_tokens;
    prompt.request.cache_key = input.newest.session.str();
    std::erase_if(input.history, [this](const auto& row) { return row->seq < head_seq_; });
    if (route.profile.form == PromptForm::transcript) {
        fill_transcript(prompt, input, route);
    } else {
        fill_messages(prompt, input, route);
    }
    co_return prompt;
}

async::Task<Prompt> PromptWindow::rehearse(PromptInput input, ModelRoute route) {
    PromptWindow trial = *this;
    // Its message may never be said.
    const std::string unsaid = input.newest.id.str();
    auto assembling = trial.assemble(std::move(input), std::move(route));
    Prompt prompt = co_await std::move(assembling);
    if (!begun_ && model_.empty()) model_ = trial.model_;
    if (model_ == trial.model_) {
        trial.counts_.erase(unsaid);
        counts_.merge(trial.counts_);
    }
    co_return prompt;
}

async::Task<void> PromptWindow::fit_history(Prompt& prompt, PromptInput& input, ModelRoute route) {
    const bool toy = route.profile.grade == ModelGrade::toy;
    Room room;
    room.history = prompt.budget_tokens - prompt.total_tokens;
    if (toy) room.history = std::min(room.history, kToyHistoryTokens);
    if (input.history_tokens > 0) room.history = std::min(room.history, input.history_tokens);
    room.summary = toy ? 0 : share(room.history, kSummaryShare);

    std::vector<int> tokens;
    for (const auto& row : input.history) {
        // Nearly all of them, turn after turn: without a coroutine and the text that it would
        // count.
        const auto known = counts_.find(row->id.str());
        if (known != counts_.end()) {
            tokens.push_back(known->second + kTokensPerMessage);
            continue;
        }
        auto counting = count(route, toy ? row->content : as_sent(*row), row->id.str());
        tokens.push_back(co_await std::move(counting) + kTokensPerMessage);
    }
    const auto in_window = [&] {
        int sum = 0;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (input.history[i]->seq >= head_seq_) sum += tokens[i];
        }
        return sum;
    };
    const bool headless = input.cut_off || (input.summary && input.summary->up_to_seq < 1);
    if (!toy && !begun_ && headless) summary_in_use_ = input.summary;
    begun_ = true;
    adopt(input.summary);
    auto sizing = count_summary(route, room.history);
    int summary_tokens = co_await std::move(sizing);
    if (in_window() + summary_tokens > room.history) {
        move_window(input, tokens, room);
        if (toy) summary_in_use_.reset();
        auto again = count_summary(route, room.summary);
        summary_tokens = co_await std::move(again);
    }
    const int history_tokens = in_window();
    const bool bridged = summary_in_use_ && summary_in_use_->by == ports::SummaryBy::extract;
    const bool filling = history_tokens + summary_tokens > share(room.history, kSummarise);
    if (!toy && (filling || bridged)) prompt.summarise_before = summary_due(input, tokens, room);
    if (summary_tokens > 0) prompt.parts.push_back({"summary", summary_tokens});
    if (history_tokens > 0) prompt.parts.push_back({"history", history_tokens});
    prompt.total_tokens += summary_tokens + history_tokens;
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
        const bool person = row->role == ports::StoredRole::user;
        messages.push_back({person ? ports::LlmRole::user : ports::LlmRole::assistant,
                            toy ? row->content : as_sent(*row),
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
        add(row->role == ports::StoredRole::user ? kPerson : input.companion, row->content);
    }
    add(kPerson, input.newest.content);
    text += "\n" + input.companion + ":";
    // Each reply is one line; without these a model goes on with the person's next one.
    prompt.request.stop_sequences = {"\n"};
}

}  // namespace chat

#include "chat/summary.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/digest.hpp"
#include "chat/prompt.hpp"

namespace chat {
namespace {

constexpr int kSummaryTokens = 300;
constexpr int kMaxRequests = 8;  // for one summary; the rest follows after the next reply

class Collector final : public ports::LlmSink {
public:
    bool on_event(const ports::LlmEvent& event) override {
        if (const auto* part = std::get_if<ports::LlmText>(&event)) text += part->text;
        return true;
    }
    std::string text;
};

async::Task<std::vector<ports::MessageRow>> read_rows(ChatServices& services, base::SessionId id) {
    ports::MessagePage page;
    page.session = std::move(id);
    page.limit = kHistoryLimit;
    auto listing = services.store.list_messages(std::move(page));
    auto rows = co_await std::move(listing);
    if (!rows) {
        LOG_WARN("chat", "cannot read a conversation", {"reason", rows.error().message});
        co_return std::vector<ports::MessageRow>{};
    }
    co_return std::move(*rows);
}

ports::LlmRequest request_for(const ModelRoute& route, std::string transcript) {
    ports::LlmRequest request;
    request.model = route.profile.model;
    request.max_tokens = kSummaryTokens;
    request.sampling.temperature = 0.2;
    request.cache_key = "summary";
    request.messages.push_back(
        {ports::LlmRole::system,
         "You condense conversations. Keep names, facts, dates, wishes, decisions and open "
         "questions, also those of the summary so far. At most 150 words, plain text, no "
         "introduction.",
         {},
         {}});
    request.messages.push_back({ports::LlmRole::user, std::move(transcript), {}, {}});
    return request;
}

// As many rows, from `next` on, as fit beside the summary so far; moves `next` behind them. Empty
// when there is nothing left to condense.
std::string transcript_of(const std::string& so_far, const std::vector<ports::MessageRow>& rows,
                          std::size_t& next, int room) {
    std::string text = so_far.empty() ? "" : "Summary so far: " + so_far + "\n\n";
    int used = estimate_tokens(text);
    const auto longest = static_cast<std::size_t>(std::max(room, 40));
    bool any = false;
    for (; next < rows.size(); ++next) {
        const auto& row = rows[next];
        if (!in_prompt(row)) continue;
        const std::string line =
            fmt::format("{}: {}\n", row.role == ports::StoredRole::user ? "Person" : "Companion",
                        base::shorten(row.content, longest));
        used += estimate_tokens(line);
        if (any && used > room) break;
        text += line;
        any = true;
    }
    return any ? text : std::string();
}

// False when the words were edited away or removed while the summary was being made.
async::Task<bool> still_said(ChatServices& services, ports::MessageRow row) {
    if (row.seq < 1) co_return true;
    auto reading = services.store.get_message(row.id);
    const auto now = co_await std::move(reading);
    co_return now && !now->superseded;
}

async::Task<void> put(ChatServices& services, ports::SummaryRow summary) {
    summary.tokens = estimate_tokens(summary.text);
    summary.created_at = services.clock.wall_ms();
    auto storing = services.store.put_summary(std::move(summary));
    const auto stored = co_await std::move(storing);
    if (!stored) LOG_WARN("chat", "cannot store a summary", {"reason", stored.error().message});
}

async::Task<std::optional<std::string>> condense(ChatServices& services, Condensing work,
                                                 std::string transcript) {
    Collector reply;
    auto request = request_for(work.route, std::move(transcript));
    request.trace = work.trace;
    const auto began = services.clock.steady();
    auto chatting = work.route.provider->chat(std::move(request), reply, work.stop);
    const auto outcome = co_await std::move(chatting);
    const std::chrono::duration<double, std::milli> spent = services.clock.steady() - began;
    if (!outcome) {
        LOG_INFO("chat", "no summary was made", {"request", work.trace},
                 {"reason", outcome.error().message}, {"ms", spent.count()});
        co_return std::nullopt;
    }
    LOG_INFO("chat", "summary made", {"request", work.trace}, {"model", work.route.profile.label},
             {"ms", spent.count()});
    const auto text = base::trim(reply.text);
    if (text.empty()) co_return std::nullopt;
    co_return std::string(text);
}

}  // namespace

async::Task<std::optional<ports::SummaryRow>> effective_summary(ChatServices& services,
                                                                base::SessionId session,
                                                                base::SessionId continues) {
    auto reading = services.store.get_summary(session);
    auto own = co_await std::move(reading);
    if (own && *own) co_return std::move(*own);
    if (continues.empty()) co_return std::nullopt;
    auto looking = services.store.get_summary(std::move(continues));
    auto before = co_await std::move(looking);
    if (!before || !*before) co_return std::nullopt;
    ports::SummaryRow carried = std::move(**before);
    carried.session = session;
    carried.up_to_seq = 0;
    co_return carried;
}

async::Task<std::vector<ports::MessageRow>> carried_messages(ChatServices& services,
                                                             ports::SessionRow session) {
    if (session.continues.empty()) co_return std::vector<ports::MessageRow>{};
    auto reading = read_rows(services, session.continues);
    auto rows = co_await std::move(reading);
    std::erase_if(
        rows, [&](const auto& row) { return row.seq > session.continues_seq || !in_prompt(row); });
    const auto most = static_cast<std::ptrdiff_t>(services.options.carry_messages);
    const auto count = static_cast<std::ptrdiff_t>(rows.size());
    if (count > most) rows.erase(rows.begin(), rows.end() - most);
    // A reply without its question says little.
    while (!rows.empty() && rows.front().role != ports::StoredRole::user) rows.erase(rows.begin());
    auto place = 1 - static_cast<long long>(rows.size());
    for (auto& row : rows) row.seq = place++;
    co_return rows;
}

async::Task<void> make_summary(ChatServices& services, ports::SessionRow session,
                               std::vector<ports::MessageRow> rows, Condensing work) {
    if (rows.empty()) co_return;
    auto reading = services.store.get_model_summary(session.id);
    const auto earlier = co_await std::move(reading);
    ports::SummaryRow summary;
    if (earlier && *earlier) {
        summary = **earlier;
    } else {
        auto looking = effective_summary(services, session.id, session.continues);
        const auto carried = co_await std::move(looking);
        if (carried && carried->up_to_seq == 0) summary = *carried;
    }
    if (!summary.text.empty()) {
        std::erase_if(rows, [&](const auto& row) { return row.seq <= summary.up_to_seq; });
    }
    summary.session = session.id;
    summary.by = ports::SummaryBy::model;
    const int room = work.route.profile.context_tokens / 2;
    std::size_t next = 0;
    for (int request = 0; request < kMaxRequests && next < rows.size(); ++request) {
        std::string transcript = transcript_of(summary.text, rows, next, room);
        if (transcript.empty()) co_return;
        auto condensing = condense(services, work, std::move(transcript));
        const auto text = co_await std::move(condensing);
        if (!text) co_return;
        summary.text = *text;
        summary.up_to_seq = rows[next - 1].seq;
        auto looking = still_said(services, rows[next - 1]);
        const bool said = co_await std::move(looking);
        if (!said) co_return;
        auto storing = put(services, summary);
        co_await std::move(storing);
    }
}

async::Task<void> summarise_all(ChatServices& services, base::SessionId session, Condensing work) {
    auto getting = services.store.get_session(session);
    auto row = co_await std::move(getting);
    if (!row) co_return;  // purged meanwhile
    auto reading = read_rows(services, session);
    auto rows = co_await std::move(reading);
    auto making = make_summary(services, std::move(*row), std::move(rows), std::move(work));
    co_await std::move(making);
}

async::Task<void> settle_summary(ChatServices& services, ports::SessionRow session) {
    auto reading = read_rows(services, session.id);
    auto rows = co_await std::move(reading);
    auto looking = effective_summary(services, session.id, session.continues);
    const auto earlier = co_await std::move(looking);
    const long long covered = earlier ? earlier->up_to_seq : 0;
    const long long last = rows.empty() ? 0 : rows.back().seq;
    std::erase_if(rows, [&](const auto& row) { return row.seq <= covered || !in_prompt(row); });
    if (rows.empty()) co_return;
    ports::SummaryRow summary;
    summary.session = session.id;
    summary.up_to_seq = last;
    summary.text = digest(earlier ? earlier->text : "", rows, kSummaryTokens);
    summary.by = ports::SummaryBy::extract;
    if (summary.text.empty()) co_return;
    auto storing = put(services, std::move(summary));
    co_await std::move(storing);
}

}  // namespace chat

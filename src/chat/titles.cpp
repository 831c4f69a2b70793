#include "chat/after_reply.hpp"

#include <array>
#include <cctype>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/prompt.hpp"

namespace chat {
namespace {

constexpr std::size_t kTitleChars = 48;
constexpr int kSummaryTokens = 300;
// The newest messages stay as they are; a summary covers what is before them.
constexpr std::size_t kKeepVerbatim = 10;

class Collector final : public ports::LlmSink {
public:
    bool on_event(const ports::LlmEvent& event) override {
        if (const auto* part = std::get_if<ports::LlmText>(&event)) text += part->text;
        return true;
    }
    std::string text;
};

}  // namespace

std::string title_from(std::string_view first_message) {
    constexpr std::array<std::string_view, 14> kOpenings = {"hello",
                                                            "hi",
                                                            "hey",
                                                            "please",
                                                            "can you",
                                                            "could you",
                                                            "would you",
                                                            "nook",
                                                            "tell me",
                                                            "i want to",
                                                            "i would like to",
                                                            "let's talk about",
                                                            "what do you think about",
                                                            "explain"};
    std::string_view text = base::trim(first_message.substr(0, first_message.find('\n')));
    for (bool again = true; again;) {
        again = false;
        const std::string lower = base::to_lower_ascii(text);
        for (const auto opening : kOpenings) {
            if (!lower.starts_with(opening) || lower.size() <= opening.size() + 4) continue;
            const char next = lower[opening.size()];
            if (next != ' ' && next != ',' && next != '!') continue;
            text = text.substr(opening.size());
            while (!text.empty() &&
                   (text.front() == ' ' || text.front() == ',' || text.front() == '!')) {
                text.remove_prefix(1);
            }
            again = true;
            break;
        }
    }
    while (!text.empty() && (text.back() == '.' || text.back() == '!' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    std::string title = base::shorten(text, kTitleChars);
    if (!title.empty()) {
        title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    }
    return title;
}

async::Task<std::optional<std::string>> make_title(ChatServices& services,
                                                   ports::SessionRow session,
                                                   std::vector<ports::MessageRow> history) {
    if (!services.options.titles || !session.title.empty() || session.title_by_person) {
        co_return std::nullopt;
    }
    std::string title;
    for (const auto& row : history) {
        if (row.role == ports::StoredRole::user) {
            title = title_from(row.content);
            break;
        }
    }
    if (title.empty()) co_return std::nullopt;
    auto renaming = services.store.rename_session(session.id, title, ports::TitleBy::product);
    const auto renamed = co_await std::move(renaming);
    if (!renamed) {
        LOG_WARN("chat", "cannot store a title", {"reason", renamed.error().message});
        co_return std::nullopt;
    }
    co_return title;
}

async::Task<void> make_summary(ChatServices& services, ports::SessionRow session,
                               std::vector<ports::MessageRow> history, ModelRoute route,
                               std::stop_token stop) {
    if (history.size() <= kKeepVerbatim) co_return;
    history.resize(history.size() - kKeepVerbatim);
    const long long up_to = history.back().seq;
    auto reading = services.store.get_summary(session.id);
    const auto earlier = co_await std::move(reading);
    std::string transcript;
    if (earlier && *earlier) {
        if ((**earlier).up_to_seq >= up_to) co_return;
        transcript = "Summary so far: " + (**earlier).text + "\n\n";
        std::erase_if(history, [&](const auto& m) { return m.seq <= (**earlier).up_to_seq; });
    }
    const int room = route.profile.context_tokens / 2;
    int used = estimate_tokens(transcript);
    for (const auto& row : history) {
        if (row.role == ports::StoredRole::notice) continue;
        const std::string line = fmt::format(
            "{}: {}\n", row.role == ports::StoredRole::user ? "Person" : "Companion", row.content);
        used += estimate_tokens(line);
        if (used > room) break;
        transcript += line;
    }
    ports::LlmRequest request;
    request.model = route.profile.model;
    request.max_tokens = kSummaryTokens;
    request.sampling.temperature = 0.2;
    request.cache_key = "summary";
    request.messages.push_back(
        {ports::LlmRole::system,
         "You condense conversations. Keep names, facts, dates, wishes, decisions and open "
         "questions. At most 150 words, plain text, no introduction.",
         {},
         {}});
    request.messages.push_back({ports::LlmRole::user, std::move(transcript), {}, {}});
    Collector reply;
    auto chatting = route.provider->chat(std::move(request), reply, stop);
    const auto outcome = co_await std::move(chatting);
    if (!outcome || base::trim(reply.text).empty()) {
        LOG_WARN("chat", "no summary was made", {"session", session.id.str()});
        co_return;
    }
    ports::SummaryRow summary{session.id, up_to, std::string(base::trim(reply.text)),
                              estimate_tokens(reply.text), services.clock.wall_ms()};
    auto storing = services.store.put_summary(std::move(summary));
    const auto stored = co_await std::move(storing);
    if (!stored) LOG_WARN("chat", "cannot store a summary", {"reason", stored.error().message});
}

}  // namespace chat

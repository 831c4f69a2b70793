#include "api/app/export.hpp"

#include <ctime>

#include <fmt/core.h>

#include "chat/statistics.hpp"
#include "chat/wire.hpp"
#include "json/describe.hpp"

namespace app {
namespace {

std::string local_minute(long long wall_ms) {
    const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min);
}

}  // namespace

std::string export_markdown(const ports::SessionRow& session,
                            const std::vector<ports::MessageRow>& messages,
                            const std::string& companion) {
    std::string out =
        fmt::format("# {}\n\n", session.title.empty() ? "Conversation" : session.title);
    for (const auto& row : messages) {
        if (row.role == ports::StoredRole::notice) {
            out += fmt::format("_{}_\n\n", row.content);
            continue;
        }
        const std::string speaker = row.role == ports::StoredRole::user ? "You" : companion;
        out += fmt::format("**{}** · {}\n\n", speaker, local_minute(row.created_at));
        if (!row.content.empty()) out += row.content + "\n\n";
        if (row.status == ports::StoredStatus::interrupted) out += "_(interrupted)_\n\n";
    }
    return out;
}

std::string export_json(const ports::SessionRow& session,
                        const std::vector<ports::MessageRow>& messages) {
    json::Array items;
    for (const auto& row : messages) items.push_back(json::from(chat::to_wire(row)));
    return json::write_pretty(json::Object{{"session", json::from(chat::to_wire(session, false))},
                                           {"messages", std::move(items)}});
}

SessionStats session_statistics(const std::vector<ports::MessageRow>& messages) {
    const chat::Statistics sum = chat::statistics_of(messages);
    return {sum.messages,      sum.replies,           sum.by_model, sum.prompt_tokens,
            sum.cached_tokens, sum.completion_tokens, sum.models};
}

}  // namespace app

// Reset: when a conversation is over, so that the next message begins a new one that goes on from
// it. Pure; any thread. Only the person's newest conversation is ever reset, and only by a message
// (Inbox): whoever reads or writes in an older one stays where they are.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace chat {

struct ResetRule {
    std::chrono::minutes idle{0};                    // of silence; 0: never
    std::optional<std::chrono::minutes> daily = {};  // after local midnight; empty: never
    [[nodiscard]] bool any() const { return idle.count() > 0 || daily.has_value(); }
};

enum class ResetCause { none, idle, daily, asked };

// Whether a conversation whose last message came at `last_ms` is over at `now_ms` (Unix ms).
[[nodiscard]] ResetCause reset_due(const ResetRule& rule, long long last_ms, long long now_ms);

// "04:00" gives 240 minutes; empty when the text is no time of day ("off").
[[nodiscard]] std::optional<std::chrono::minutes> daily_time(std::string_view text);

// What the new conversation begins with, such as "New conversation after 42 minutes of silence. …".
// Nothing of the old one is quoted: this is kept when that one is deleted.
[[nodiscard]] std::string reset_notice(ResetCause cause, long long quiet_ms);

}  // namespace chat

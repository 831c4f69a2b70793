#include "chat/titles.hpp"

#include <array>
#include <cctype>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/command.hpp"

namespace chat {
namespace {

constexpr std::size_t kTitleChars = 48;

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
                                                   ports::SessionRow session, Rows history) {
    if (!services.options.titles || !session.title.empty() || session.title_by_person) {
        co_return std::nullopt;
    }
    std::string title;
    for (const auto& row : history) {
        if (row->role == ports::StoredRole::user && !is_command(row->content)) {
            title = title_from(row->content);
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

}  // namespace chat

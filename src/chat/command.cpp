#include "chat/command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "chat/statistics.hpp"

namespace chat {
namespace {

struct Known {
    std::string_view name;
    Command command;
};

constexpr std::array<Known, 5> kCommands = {{{"/reset", Command::reset},
                                             {"/new", Command::new_},
                                             {"/clear", Command::clear},
                                             {"/stats", Command::stats},
                                             {"/help", Command::help}}};

constexpr std::string_view kHelp =
    "/reset begins a new conversation that still knows this one.\n"
    "/new begins one that does not.\n"
    "/clear removes everything said here, for good.\n"
    "/stats counts messages, tokens and models.\n"
    "/do tells the body what to do: /do wave.\n"
    "/stop ends a reply.";

async::Task<base::Result<std::string>> reset_words(ChatServices& services,
                                                   base::SessionId session) {
    auto reading = services.store.get_session(std::move(session));
    CO_TRY(row, co_await std::move(reading));
    if (row.continues.empty()) co_return std::string("A new conversation.");
    // Its title is not repeated: this one is kept when the other is deleted.
    co_return std::string("A new conversation. I still know what we said in the last one.");
}

}  // namespace

std::optional<Command> command_of(std::string_view text) {
    const std::string word = base::to_lower_ascii(base::trim(text));
    const auto known = std::ranges::find(kCommands, std::string_view(word), &Known::name);
    if (known == kCommands.end()) return std::nullopt;
    return known->command;
}

bool is_command(std::string_view text) {
    return command_of(text).has_value() || do_argument(text).has_value();
}

std::optional<std::string> do_argument(std::string_view text) {
    constexpr std::string_view kDo = "/do";
    text = base::trim(text);
    if (base::to_lower_ascii(text.substr(0, kDo.size())) != kDo) return std::nullopt;
    const std::string_view rest = text.substr(kDo.size());
    if (!rest.empty() && rest.front() != ' ' && rest.front() != '\n') return std::nullopt;
    return std::string(base::trim(rest));
}

async::Task<base::Result<std::string>> answer_command(ChatServices& services, Command command,
                                                      base::SessionId session) {
    if (command == Command::new_) co_return std::string("A new conversation.");
    if (command == Command::clear) co_return std::string("What was said here is removed.");
    if (command == Command::help) co_return std::string(kHelp);
    if (command == Command::reset) {
        auto wording = reset_words(services, std::move(session));
        co_return co_await std::move(wording);
    }
    ports::MessagePage page;
    page.session = std::move(session);
    page.limit = 1'000'000;
    auto listing = services.store.list_messages(std::move(page));
    CO_TRY(rows, co_await std::move(listing));
    // The question itself is not part of what is counted.
    if (!rows.empty() && rows.back().role == ports::StoredRole::user) rows.pop_back();
    co_return to_text(statistics_of(rows));
}

}  // namespace chat

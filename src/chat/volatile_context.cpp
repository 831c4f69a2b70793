#include "chat/volatile_context.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "async/begun.hpp"
#include "chat/reflex_arguments.hpp"

namespace chat {
namespace {

bool is_said(const std::string& note, const std::vector<std::string>& said) {
    return std::ranges::any_of(
        said, [&](const auto& text) { return text.find(note) != std::string::npos; });
}

}  // namespace

std::string volatile_context(const VolatileFacts& facts) {
    std::string text =
        fmt::format("[It is {}, {}.", date_text(facts.wall_ms), clock_text(facts.wall_ms));
    if (!facts.person_name.empty()) text += fmt::format(" {} is speaking.", facts.person_name);
    if (!facts.notes.empty()) {
        text += " Noted earlier:";
        for (const auto& note : facts.notes) text += " " + note + ";";
        text.back() = '.';
    }
    text += "]";
    return facts.body.empty() ? text : text + "\n" + facts.body;
}

async::Task<std::string> make_volatile_context(ChatServices& services, base::PersonId person,
                                               std::string message, std::vector<std::string> said,
                                               std::string body) {
    VolatileFacts facts;
    facts.wall_ms = services.clock.wall_ms();
    const async::Begun name(services.executor, services.store.get_fact("person_name"));
    auto recalling = services.notes.recall(std::move(person), std::move(message));
    facts.notes = co_await std::move(recalling);
    auto naming = name.result();
    const auto known = co_await std::move(naming);
    if (known && *known) facts.person_name = **known;
    // A note that the prompt repeats anyway is not said twice.
    std::erase_if(facts.notes, [&](const auto& note) { return is_said(note, said); });
    const std::string& able = services.body.vocabulary();
    for (const auto& text : said) {
        const std::size_t told = text.find("]\n");
        if (told != std::string::npos) body = text.substr(told + 2);
    }
    if (able != body) facts.body = able;
    co_return volatile_context(facts);
}

}  // namespace chat

// What each authored intent does. Answers are fixed texts with their arguments; a store that
// refuses is said plainly.
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "chat/arithmetic.hpp"
#include "chat/reflex.hpp"
#include "chat/reflex_arguments.hpp"

namespace chat {
namespace {

constexpr std::string_view kHelp =
    "Right now I can tell you the time and the date, do sums, remember notes and read them back, "
    "switch between light and dark, and open a new conversation. With a language model I also "
    "talk with you about anything; the page \"Models\" brings better ones.";

std::string fill(std::string text, const std::string& person, const std::string& companion) {
    text = base::replace_all(std::move(text), "{, person}", person.empty() ? "" : ", " + person);
    return base::replace_all(std::move(text), "{name}", companion);
}

ReflexAnswer say(std::string text) {
    ReflexAnswer answer;
    answer.text = std::move(text);
    return answer;
}

ReflexAnswer say_and_do(std::string text, std::string command, std::string value) {
    ReflexAnswer answer = say(std::move(text));
    answer.commands.push_back({std::nullopt, std::move(command), std::move(value)});
    return answer;
}

async::Task<std::optional<ReflexAnswer>> remember(ports::Store& store, Utterance utterance,
                                                  long long now_ms) {
    auto note = note_argument(utterance.text);
    if (!note) co_return std::nullopt;
    ports::NoteRow row{0, utterance.person, *note, now_ms};
    auto adding = store.add_note(std::move(row));
    const auto added = co_await std::move(adding);
    if (!added) co_return say("I could not write that down: " + added.error().text() + ".");
    co_return say(fmt::format("Noted: {}.", *note));
}

async::Task<std::optional<ReflexAnswer>> recall(ports::Store& store, base::PersonId person) {
    auto listing = store.list_notes(person);
    const auto notes = co_await std::move(listing);
    if (!notes) co_return say("I cannot read my notes: " + notes.error().text() + ".");
    if (notes->empty()) {
        co_return say("I have no notes yet. Say \"remember that …\" and I will keep it.");
    }
    std::string text = notes->size() == 1 ? "One note:" : fmt::format("{} notes:", notes->size());
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < notes->size() && i < kShown; ++i) {
        text += "\n- " + (*notes)[i].text;
    }
    if (notes->size() > kShown) text += fmt::format("\n- … and {} older", notes->size() - kShown);
    co_return say(std::move(text));
}

}  // namespace

async::Task<std::optional<ReflexAnswer>> Reflex::act(const Intent& intent, Utterance utterance) {
    const std::string& id = intent.id;
    const long long now = clock_.wall_ms();
    if (id == "time") co_return say(fmt::format("It is {}.", clock_text(now)));
    if (id == "date") co_return say(fmt::format("Today is {}.", date_text(now)));
    if (id == "help") co_return say(std::string(kHelp));
    if (id == "settings") co_return say_and_do("Here are the settings.", "open_settings", "");
    if (id == "new_conversation") {
        co_return say_and_do("A fresh page. What shall we talk about?", "open_session", "new");
    }
    if (id == "arithmetic") {
        const auto sum = calculate(utterance.text);
        if (!sum) co_return std::nullopt;
        co_return say(fmt::format("{} = {}", sum->expression, sum->result));
    }
    if (id == "theme") {
        const auto theme = theme_argument(utterance.text);
        if (!theme) co_return say("Light, dark, or like your system?");
        co_return say_and_do(fmt::format("Switched to the {} theme.", *theme), "theme", *theme);
    }
    if (id == "switch_model") {
        ReflexAnswer answer = say("You can choose another model on the page \"Models\".");
        answer.action = protocol::Action{"open_models", "Open Models", {}};
        co_return answer;
    }
    if (id == "remember") {
        auto task = remember(store_, std::move(utterance), now);
        co_return co_await std::move(task);
    }
    if (id == "recall") {
        auto task = recall(store_, utterance.person);
        co_return co_await std::move(task);
    }
    if (id == "my_name_is") {
        auto task = learn_name(std::move(utterance.text));
        co_return co_await std::move(task);
    }
    auto naming = person_name();
    const std::string person = co_await std::move(naming);
    if (id == "what_is_my_name") {
        if (person.empty()) {
            co_return say("You have not told me yet. What shall I call you?");
        }
        co_return say(fmt::format("You are {}.", person));
    }
    if (intent.answers.empty()) co_return std::nullopt;
    const std::string& chosen = intent.answers[turn_++ % intent.answers.size()];
    co_return say(fill(chosen, person, utterance.companion));
}

async::Task<std::optional<ReflexAnswer>> Reflex::learn_name(std::string text) {
    auto name = name_argument(text);
    if (!name) {
        name = name_answer(text);
        if (!name) co_return std::nullopt;
        // Nook asks for the name until it has one; after that "I am …" says how somebody is, or
        // that it is they again.
        auto reading = person_name();
        const std::string known = co_await std::move(reading);
        if (!known.empty()) {
            if (base::to_lower_ascii(known) != base::to_lower_ascii(*name)) co_return std::nullopt;
            co_return say(fmt::format("Hello, {}. What is on your mind?", known));
        }
    }
    auto writing = store_.put_fact("person_name", *name);
    const auto written = co_await std::move(writing);
    if (!written) co_return say("I could not write that down: " + written.error().text() + ".");
    co_return say(fmt::format("Nice to meet you, {}. I will remember your name.", *name));
}

}  // namespace chat

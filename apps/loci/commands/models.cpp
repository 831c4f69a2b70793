// `loci models list|status|pull|remove|use`: through the running server, so that the page and the
// terminal always agree; the list alone also works without one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/core.h>
#include <unistd.h>

#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "engine_setup.hpp"
#include "json/describe.hpp"
#include "protocol/values.hpp"

namespace loci {
namespace {

using Cards = std::vector<protocol::ModelCard>;

base::Result<Cards> cards_of(ServerConsole& console) {
    TRY(answer, console.ask("GET", "/api/models"));
    const auto* list = json::find(answer, "models");
    if (list == nullptr) return base::fail(base::ErrorCode::upstream, "the answer has no models");
    return json::to<Cards>(*list);
}

std::string minutes(long long seconds) {
    if (seconds < 90) return "about a minute";
    return fmt::format("about {} minutes", (seconds + 30) / 60);
}

void print_card(const protocol::ModelCard& card) {
    const std::string size =
        card.size_bytes ? base::human_bytes(static_cast<unsigned long long>(*card.size_bytes)) : "";
    std::string state = boost::describe::enum_to_string(card.state, "?");
    if (card.done_bytes && card.size_bytes && *card.size_bytes > 0 &&
        card.state == protocol::ModelState::downloading) {
        state += fmt::format(" {} %", 100 * *card.done_bytes / *card.size_bytes);
    }
    if (card.recommended.value_or(false)) state += ", best here";
    fmt::print("{} {:<22} {:<10} {:>8}  {:<18} {}\n", card.active ? "*" : " ", card.id, card.role,
               size, state, card.licence.value_or(""));
    if (card.error) fmt::print("    {}\n", card.error->message);
    if (card.estimate && card.estimate->download_s) {
        std::string line = minutes(*card.estimate->download_s) + " to fetch";
        if (card.estimate->tokens_per_s) {
            line += fmt::format(", about {:.1f} tokens/s here", *card.estimate->tokens_per_s);
        }
        if (!card.estimate->memory_note.empty()) line += "; it " + card.estimate->memory_note;
        fmt::print("    {}\n", line);
    }
}

int list_offline(const config::Settings& settings) {
    auto catalogue = models::Catalogue::builtin();
    if (!catalogue) {
        complain(catalogue.error().text());
        return 1;
    }
    const ModelShelf shelf(std::move(*catalogue), model_folders(settings),
                           settings.speech.families);
    for (const auto& entry : shelf.entries()) {
        protocol::ModelCard card;
        card.id = entry.id;
        card.role = entry.role;
        card.size_bytes = entry.bytes;
        card.licence = entry.licence;
        const auto& state = shelf.state(entry.id);
        card.state = state.present ? protocol::ModelState::ready : protocol::ModelState::absent;
        if (!state.broken.empty()) {
            card.state = protocol::ModelState::failed;
            card.error = protocol::ErrorInfo{
                "corrupt",
                entry.family.empty() ? entry.file + " is " + state.broken : state.broken,
                {},
                {}};
        }
        print_card(card);
    }
    return 0;
}

void print_progress(const protocol::ModelCard& card) {
    if (!card.done_bytes || !card.size_bytes || *card.size_bytes <= 0) return;
    std::string line = fmt::format(
        "{} of {}, {} %", base::human_bytes(static_cast<unsigned long long>(*card.done_bytes)),
        base::human_bytes(static_cast<unsigned long long>(*card.size_bytes)),
        100 * *card.done_bytes / *card.size_bytes);
    if (card.phase == "verifying") {
        line += ", checking every byte";
    } else if (card.seconds_left) {
        line += ", " + minutes(*card.seconds_left) + " left";
    }
    fmt::print("\r\033[K{}", line);
    std::fflush(stdout);
}

// Follows a pull until it has ended.
int follow(ServerConsole& console, const std::string& id) {
    const bool terminal = ::isatty(1) == 1;
    for (;;) {
        const auto cards = cards_of(console);
        if (!cards) {
            complain(cards.error().text());
            return 1;
        }
        const bool listed = std::ranges::find(*cards, id, &protocol::ModelCard::id) != cards->end();
        if (!listed) {
            complain("the pull was cancelled");
            return 1;
        }
        for (const auto& card : *cards) {
            if (card.id != id) continue;
            if (card.state == protocol::ModelState::ready ||
                card.state == protocol::ModelState::loaded) {
                fmt::print("{}{} is ready\n", terminal ? "\r\033[K" : "", card.name);
                return 0;
            }
            if (card.state != protocol::ModelState::downloading) {
                complain(card.error ? card.error->message : "the pull was cancelled");
                if (card.error && !card.error->hint.empty()) complain("→ " + card.error->hint);
                return 1;
            }
            if (terminal) print_progress(card);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
}

}  // namespace

int run_models(const ServeFlags& flags, ModelsAction action, const std::string& id) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    ServerConsole console(loaded->settings);
    const bool up = console.is_up();
    const bool lists = action == ModelsAction::list || action == ModelsAction::status;
    if (!up && lists) return list_offline(loaded->settings);
    if (!up) {
        complain("the server is not running; start it with ./loci up or `loci start`");
        return 1;
    }
    if (lists) {
        const auto cards = cards_of(console);
        if (!cards) {
            complain(cards.error().text());
            return 1;
        }
        for (const auto& card : *cards) print_card(card);
        return 0;
    }
    const char* verb = action == ModelsAction::pull     ? "pull"
                       : action == ModelsAction::remove ? "remove"
                                                        : "use";
    const auto done =
        console.ask("POST", fmt::format("/api/models/{}/{}", http::url_encode(id), verb), "{}");
    if (!done) {
        complain(done.error().text());
        return 1;
    }
    if (action == ModelsAction::pull) {
        // A file that is named by its place on the hub gets a shorter name.
        const auto catalogue = models::Catalogue::builtin();
        const auto entry =
            catalogue ? catalogue->resolve(id)
                      : base::Result<models::CatalogueEntry>(base::fail(catalogue.error()));
        return follow(console, entry ? entry->id : id);
    }
    fmt::print("done\n");
    return 0;
}

}  // namespace loci

#include "wake_choice.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/core.h>

#include "voice/words.hpp"

namespace loci {
namespace {

constexpr std::string_view kRoleWake = "wake";

// "v0.1", "v2"
bool is_version(std::string_view word) {
    return word.size() > 1 && word[0] == 'v' && std::ranges::all_of(word.substr(1), [](char c) {
               return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
           });
}

std::string stem_of(const models::CatalogueEntry& entry) {
    return std::filesystem::path(entry.file).stem().string();
}

}  // namespace

std::string spoken_phrase(std::string_view name) {
    std::string phrase;
    std::size_t at = 0;
    while (at < name.size()) {
        const std::size_t end = std::min(name.find_first_of("_- ", at), name.size());
        std::string word(name.substr(at, end - at));
        at = end + 1;
        if (word.empty() || is_version(word)) continue;
        word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
        if (!phrase.empty()) phrase += ' ';
        phrase += word;
    }
    return phrase;
}

std::string wake_base_folder(const ModelShelf& shelf) {
    for (const auto& entry : shelf.entries()) {
        const auto& state = shelf.state(entry.id);
        if (entry.role == "wake_base" && state.present) return state.path.parent_path().string();
    }
    return {};
}

WakeChoice choose_wake(const ModelShelf& shelf, const config::Speech& settings) {
    // Some write it like a model's name.
    const bool named = settings.wake_phrase.find('_') != std::string::npos;
    WakeChoice choice{named ? spoken_phrase(settings.wake_phrase) : settings.wake_phrase, {}, {}};
    if (settings.wake_model == "none") return choice;
    const bool by_name = settings.wake_model == "auto";
    const auto wanted = voice::words_of(choice.phrase);
    const bool base = !wake_base_folder(shelf).empty();
    for (const auto& entry : shelf.entries()) {
        if (entry.role != kRoleWake || !shelf.state(entry.id).present) continue;
        const std::string phrase = spoken_phrase(stem_of(entry));
        const bool meant =
            by_name ? base && voice::words_of(phrase) == wanted : entry.id == settings.wake_model;
        if (!meant) continue;
        choice.model = entry.id;
        if (choice.phrase.empty()) choice.phrase = phrase;
        break;
    }
    if (by_name) return choice;
    if (choice.model.empty()) {
        choice.model = settings.wake_model;
        choice.lack = fmt::format(
            "the wake model {} is not here: put it into {}, or `./loci models pull {}`",
            settings.wake_model, (shelf.owners_folder() / "wake").string(), settings.wake_model);
    } else if (!base) {
        choice.lack = "what all wake models build on is not here: run ./loci up";
    }
    return choice;
}

}  // namespace loci

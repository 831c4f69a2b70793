#include "chat/reflex_arguments.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

#include <fmt/core.h>

#include "base/text.hpp"

namespace chat {
namespace {

std::tm local_time(long long wall_ms) {
    const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts;
}

// What follows the first of `openings` in `text`, compared without case; at a word border.
template <std::size_t N>
std::optional<std::string_view> after_opening(std::string_view text,
                                              const std::array<std::string_view, N>& openings) {
    const std::string lower = base::to_lower_ascii(text);
    for (const auto opening : openings) {
        const auto at = lower.find(opening);
        if (at == std::string::npos) continue;
        if (at > 0 && std::isalnum(static_cast<unsigned char>(lower[at - 1])) != 0) continue;
        return base::trim(text.substr(at + opening.size()));
    }
    return std::nullopt;
}

std::string_view strip_end(std::string_view text) {
    while (!text.empty() &&
           (text.back() == '.' || text.back() == '!' || text.back() == ' ' || text.back() == ',')) {
        text.remove_suffix(1);
    }
    return text;
}

bool is_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalpha(byte) != 0;
}

// Letters, blanks, hyphens and apostrophes.
bool may_be_name(std::string_view text) {
    return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || c == ' ' || c == '-' || c == '\'';
    });
}

// Written with a capital after "I am" though nobody is called so: where people come from, what they
// believe, and how they are.
bool says_what_not_who(std::string_view word) {
    constexpr std::array<std::string_view, 57> kWords = {
        "african",    "american", "asian",     "australian", "austrian",  "belgian",   "brazilian",
        "british",    "buddhist", "canadian",  "catholic",   "chinese",   "colombian", "croatian",
        "czech",      "danish",   "dutch",     "egyptian",   "english",   "european",  "finnish",
        "french",     "german",   "greek",     "hindu",      "hungarian", "indian",    "iranian",
        "irish",      "italian",  "japanese",  "jewish",     "korean",    "latvian",   "mexican",
        "muslim",     "nigerian", "norwegian", "ok",         "pakistani", "polish",    "portuguese",
        "protestant", "romanian", "russian",   "scottish",   "serbian",   "slovak",    "spanish",
        "swedish",    "swiss",    "thai",      "turkish",    "ukrainian", "vegan",     "vietnamese",
        "welsh"};
    static_assert(std::ranges::is_sorted(kWords));
    return std::ranges::binary_search(kWords, base::to_lower_ascii(word));
}

// "Hi", "Hello Nook", or nothing.
bool is_salute(std::string_view text) {
    const std::string wording = normalise_wording(text);
    if (wording.empty()) return true;
    const auto words = base::split(wording, ' ');
    constexpr std::array<std::string_view, 4> kSalutes = {"hi", "hello", "hey", "hallo"};
    return words.size() <= 2 && std::ranges::find(kSalutes, words.front()) != kSalutes.end();
}

}  // namespace

std::string normalise_wording(std::string_view text) {
    std::string out;
    for (const char c : base::to_lower_ascii(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '+' || c == '*' || c == '/') {
            out.push_back(c);
        } else if (c != '\'' && !out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    return std::string(base::trim(out));
}

std::optional<std::string> name_argument(std::string_view text) {
    constexpr std::array<std::string_view, 7> kOpenings = {
        "my name is ",      "my name's ",      "i am called ", "i'm called ",
        "you can call me ", "please call me ", "call me "};
    auto rest = after_opening(text, kOpenings);
    if (!rest) return std::nullopt;
    const auto end = rest->find_first_of(".,;!?\n");
    const std::string_view name = strip_end(base::trim(rest->substr(0, end)));
    const auto words = base::split(name, ' ').size();
    if (!may_be_name(name) || words > 4) return std::nullopt;
    std::string out(name);
    out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out;
}

std::optional<std::string> name_answer(std::string_view text) {
    constexpr std::array<std::string_view, 3> kOpenings = {"i am ", "i'm ", "i’m "};
    const std::string lower = base::to_lower_ascii(text);
    for (const auto opening : kOpenings) {
        const auto at = lower.find(opening);
        if (at == std::string::npos || !is_salute(text.substr(0, at))) continue;
        const auto name = strip_end(base::trim(text.substr(at + opening.size())));
        const auto words = base::split(name, ' ');
        const bool capital = std::ranges::all_of(words, [](std::string_view word) {
            return !word.empty() && std::islower(static_cast<unsigned char>(word.front())) == 0;
        });
        if (words.size() == 1 && says_what_not_who(name)) return std::nullopt;
        if (may_be_name(name) && capital && words.size() <= 3) return std::string(name);
    }
    return std::nullopt;
}

std::optional<std::string> note_argument(std::string_view text) {
    constexpr std::array<std::string_view, 16> kOpenings = {
        "remember that ",     "remember to ",     "remember: ",         "remember, ",
        "don't forget that ", "don't forget to ", "don't forget ",      "keep in mind that ",
        "keep in mind ",      "note that ",       "make a note that ",  "make a note: ",
        "make a note ",       "take a note: ",    "save this for me: ", "remember "};
    const auto rest = after_opening(text, kOpenings);
    if (!rest) return std::nullopt;
    const std::string_view note = strip_end(*rest);
    if (note.size() < 3 || note.size() > 2000) return std::nullopt;
    return std::string(note);
}

bool asks_to_remember(std::string_view text) {
    constexpr std::array<std::string_view, 8> kOrders = {
        "remember that ",     "remember my ", "remember: ",  "don't forget that ",
        "keep in mind that ", "note that ",   "make a note", "take a note"};
    std::string lower = base::to_lower_ascii(base::trim(text));
    if (lower.starts_with("please ")) lower.erase(0, 7);
    const bool ordered =
        std::ranges::any_of(kOrders, [&](const auto order) { return lower.starts_with(order); });
    return ordered && !lower.ends_with('?') && note_argument(text).has_value();
}

std::optional<std::string> theme_argument(std::string_view text) {
    const std::string words = " " + normalise_wording(text) + " ";
    for (const std::string_view word : {"dark", "light", "system"}) {
        if (words.find(fmt::format(" {} ", word)) != std::string::npos) return std::string(word);
    }
    return std::nullopt;
}

std::string clock_text(long long wall_ms) {
    const std::tm parts = local_time(wall_ms);
    return fmt::format("{:02}:{:02}", parts.tm_hour, parts.tm_min);
}

std::string date_text(long long wall_ms) {
    constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
    constexpr std::array<std::string_view, 12> kMonths = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    const std::tm parts = local_time(wall_ms);
    return fmt::format("{}, {} {} {}", kDays.at(static_cast<std::size_t>(parts.tm_wday)),
                       parts.tm_mday, kMonths.at(static_cast<std::size_t>(parts.tm_mon)),
                       parts.tm_year + 1900);
}

}  // namespace chat

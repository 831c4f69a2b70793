// Takes arguments out of utterances whose intent is known: a name, a note, a theme. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

// Lower case, punctuation removed, blanks single: for comparing wordings.
[[nodiscard]] std::string normalise_wording(std::string_view text);

// "my name is Ada." gives "Ada"; empty when no plausible name (1 to 4 words) follows.
[[nodiscard]] std::optional<std::string> name_argument(std::string_view text);
// "Hi, I'm Ada." gives "Ada": what is an introduction where the name was asked for, and may be
// anything else ("I'm Batman") where it was not. Only capitalised words, at most three, no others
// behind them, and none that say where somebody comes from.
[[nodiscard]] std::optional<std::string> name_answer(std::string_view text);
// "please remember that my cat is called Miso" gives "my cat is called Miso".
[[nodiscard]] std::optional<std::string> note_argument(std::string_view text);
// Whether the sentence begins as an order to remember, so that no model need be asked.
[[nodiscard]] bool asks_to_remember(std::string_view text);
// "dark", "light" or "system".
[[nodiscard]] std::optional<std::string> theme_argument(std::string_view text);

// "14:05" and "Saturday, 21 November 2026" in the machine's time zone.
[[nodiscard]] std::string clock_text(long long wall_ms);
[[nodiscard]] std::string date_text(long long wall_ms);

}  // namespace chat

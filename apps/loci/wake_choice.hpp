// WakeChoice: what the companion is called by, and which model hears it. io thread.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "model_shelf.hpp"

namespace loci {

struct WakeChoice {
    std::string phrase;  // as it is said; empty: there is no wake mode
    std::string model;   // of role wake; empty: the recogniser listens for the phrase
    std::string lack;    // why the chosen model cannot listen, and what to do; empty: it can
};

[[nodiscard]] WakeChoice choose_wake(const ModelShelf& shelf, const config::Speech& settings);

// What a wake model is called, as a person says it: "hey_jarvis_v0.1" → "Hey Jarvis".
[[nodiscard]] std::string spoken_phrase(std::string_view name);

// The folder of what all wake models build on; empty: it is not here.
[[nodiscard]] std::string wake_base_folder(const ModelShelf& shelf);

}  // namespace loci

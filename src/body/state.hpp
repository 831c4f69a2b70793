// CharacterState: what outlives a restart, kept with the conversation as one short line of text.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "body/clip.hpp"

namespace body {

struct CharacterState {
    Stance stance = Stance::standing;
    float heading = 0;  // radians about +Y
    float valence = 0;  // -1 … 1
    float arousal = 0;
    std::string held;  // at most 48 letters; empty: nothing
};

// "stance=sitting heading=0 valence=250 arousal=-100 held=cup"; numbers in thousandths, held last.
[[nodiscard]] std::string to_text(const CharacterState& state);
[[nodiscard]] std::expected<CharacterState, std::string> state_from(std::string_view text);

}  // namespace body

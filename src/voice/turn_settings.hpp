// How turns are told apart: the settings of a voice session, all of which may change while it runs.
// The names and defaults follow the OpenAI Realtime API. Plain values; any thread.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "voice/hearing.hpp"

namespace voice {

enum class TurnMode {
    manual,        // the client says when a turn ends (push to talk)
    server_vad,    // a silence of fixed length ends it
    semantic_vad,  // a finished sentence ends it soon, an unfinished one is waited for
};

enum class Eagerness { low, medium, high, automatic };  // automatic = medium

struct TurnSettings {
    TurnMode mode = TurnMode::server_vad;
    Eagerness eagerness = Eagerness::automatic;
    float start_threshold = 0.5F;      // speech begins with two windows at or above
    float stop_threshold = 0.35F;      // and goes on down to here
    Time prefix_padding{300};          // taken along from before the first window
    Time silence{500};                 // server_vad: ends the turn
    Time soft_end{64};                 // 64 … 200: recogniser and model may start on what is there
    std::optional<Time> idle_timeout;  // 5 … 30 s after playback ended without a word
    Time longest_turn{120'000};
    // A recogniser says what was said: as long as it has not, the sound alone finishes no sentence.
    bool has_words = true;
};

// invalid_argument naming the setting and its range.
[[nodiscard]] base::Result<void> check(const TurnSettings& settings);

// semantic_vad: silence after a finished sentence, after one that could go on, after one whose
// words and sound disagree or both speak against an end, and the longest silence anybody is given
// (8, 4, 2 s).
struct SemanticWaits {
    Time complete, unclear, hanging, cap;
};
[[nodiscard]] SemanticWaits waits_of(Eagerness eagerness);

}  // namespace voice

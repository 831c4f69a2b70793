// What ends a sentence and what only looks so, in English, German and Chinese: word lists and
// rules, no state. Pure; any thread.
#pragma once

#include <string_view>

namespace voice {

enum class NextWord { number, other };

// `text` ends right before a full stop: does that full stop belong to its last word (Dr., z. B.,
// am 3.) instead of ending the sentence? The caller has seen that no lower-case letter follows.
[[nodiscard]] bool full_stop_belongs_to_word(std::string_view text, NextWord next);

// A word before which a breath may be taken: and, because, und, weil …
[[nodiscard]] bool is_conjunction(std::string_view word);

}  // namespace voice

// ReplyCheck: watches the reply of a toy model while it streams. Ends it after two sentences and
// names what is wrong with it, so that the companion can be honest. Pure; one per reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chat {

enum class ReplyFault { empty, loop, wrong_language, low_confidence };

[[nodiscard]] std::string_view to_string(ReplyFault fault);

// Byte length of the first `count` sentences of `text`; npos while they are not complete. Knows
// abbreviations, decimals and ellipses.
[[nodiscard]] std::size_t end_of_sentences(std::string_view text, int count);

// Whether some run of words repeats at the end of `text` (a three-word run three times, or one
// word five times).
[[nodiscard]] bool repeats_itself(std::string_view text);

// The fault of a finished reply; nothing when it may be shown. `mean_logprob` in nats, where known.
[[nodiscard]] std::optional<ReplyFault> find_fault(std::string_view question,
                                                   std::string_view reply,
                                                   std::optional<double> mean_logprob);

}  // namespace chat

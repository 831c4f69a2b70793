// Digest: picks the sentences of a conversation that carry facts, without a model and at once. It
// bridges what a moved window drops before a summary is there, and stands for the summary where
// only a toy model answers (docs/decisions/0005-summaries-and-resets.md). Pure functions; never
// fails.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ports/store.hpp"

namespace chat {

// At most about `max_tokens` (by estimate) of sentences out of `earlier` (a former digest or
// summary) and `rows`, in their order, one "- Person: …" or "- Companion: …" a line.
[[nodiscard]] std::string digest(std::string_view earlier,
                                 const std::vector<ports::MessageRow>& rows, int max_tokens);

}  // namespace chat

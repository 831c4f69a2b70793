// Reads the words for feelings from a file of characters/nook/body or of the workspace into the
// lexicon of body/text. Pure. Errors: corrupt, naming the entry.
#pragma once

#include <string>

#include "base/result.hpp"
#include "body/text/emotion.hpp"
#include "json/json.hpp"

namespace chat {

// What `file` says of feelings in `language` (empty: it has none) is added to the book; of two
// entries for the same words the later one counts.
[[nodiscard]] base::Result<void> read_feelings(const json::Value& file, const std::string& language,
                                               body::text::FeelingBook& book);

}  // namespace chat

// reads_foreign(): whether a text is plainly in another language than English, by its script or by
// its small words. For the starter, which knows English only. Knows German, French, Spanish,
// Italian, Portuguese and Dutch, and every script that is not Latin; a text that it cannot place
// counts as English. Pure; any thread.
#pragma once

#include <string_view>

namespace chat {

[[nodiscard]] bool reads_foreign(std::string_view text);

}  // namespace chat

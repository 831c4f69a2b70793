// The notes on servers that hear or speak, apart from notes.cpp because they are many.
#pragma once

#include <vector>

#include "config/fields.hpp"

namespace config::detail {

[[nodiscard]] const std::vector<Note>& speech_server_notes();

}  // namespace config::detail

// A conversation as a file for people (Markdown) or programs (JSON), and its numbers. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/app/answers.hpp"
#include "ports/store.hpp"

namespace app {

[[nodiscard]] std::string export_markdown(const ports::SessionRow& session,
                                          const std::vector<ports::MessageRow>& messages,
                                          const std::string& companion);
[[nodiscard]] std::string export_json(const ports::SessionRow& session,
                                      const std::vector<ports::MessageRow>& messages);
[[nodiscard]] SessionStats session_statistics(const std::vector<ports::MessageRow>& messages);

}  // namespace app

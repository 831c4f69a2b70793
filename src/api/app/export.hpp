// A conversation as a file for people (Markdown) or programs (JSON), and its numbers. Pure.
#pragma once

#include <string>
#include <vector>

#include "json/json.hpp"
#include "ports/store.hpp"

namespace app {

[[nodiscard]] std::string export_markdown(const ports::SessionRow& session,
                                          const std::vector<ports::MessageRow>& messages,
                                          const std::string& companion);
[[nodiscard]] std::string export_json(const ports::SessionRow& session,
                                      const std::vector<ports::MessageRow>& messages);
// {messages, replies, prompt_tokens, completion_tokens, models: {name: replies}}
[[nodiscard]] json::Value session_statistics(const std::vector<ports::MessageRow>& messages);

}  // namespace app

// Statistics of one conversation: how much was said and by which models. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/store.hpp"

namespace chat {

struct Statistics {
    int messages = 0;  // shown ones, of both sides
    int replies = 0;
    int by_model = 0;  // replies that a language model wrote; the others are reflexes
    long long prompt_tokens = 0;
    long long cached_tokens = 0;  // of prompt_tokens
    long long completion_tokens = 0;
    std::map<std::string, int> models;  // replies by the name of their model
};

[[nodiscard]] Statistics statistics_of(const std::vector<ports::MessageRow>& rows);
// In words, for the command /stats.
[[nodiscard]] std::string to_text(const Statistics& statistics);

}  // namespace chat

// How much context fits: reads what the system and the control group have free and caps a model's
// context by it, saying why. Any thread; files that cannot be read give "unknown", never an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace engine {

// Bytes that a new allocation may take, the smaller of the system's and the control group's view.
[[nodiscard]] std::optional<std::uint64_t> free_memory();
// MemAvailable of the text of /proc/meminfo.
[[nodiscard]] std::optional<std::uint64_t> parse_meminfo(std::string_view text);
// Resident bytes of this process.
[[nodiscard]] std::uint64_t resident_bytes();

struct ContextWish {
    int trained_tokens = 0;  // what the model was trained for
    int wanted_tokens = 0;   // per conversation; 0: as trained
    int sequences = 1;       // conversations that should fit side by side
    std::uint64_t bytes_per_token = 0;
    std::uint64_t fixed_bytes = 0;  // working buffers beside the tokens
};

struct ContextPlan {
    int tokens = 0;      // longest single conversation
    int cells = 0;       // in all sequences together
    std::string reason;  // why it is less than wanted; empty when it is not
};

// Errors: out_of_memory when not even kMinContext tokens fit.
inline constexpr int kMinContext = 256;
[[nodiscard]] base::Result<ContextPlan> plan_context(const ContextWish& wish,
                                                     std::optional<std::uint64_t> free_bytes);

}  // namespace engine

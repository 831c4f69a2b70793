#include "adapters/llm_anthropic/claude_generation.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace adapters {
namespace {

// The first two small numbers in the name: "claude-sonnet-4-5-20250929" → 4, 5;
// "claude-3-opus-20240229" → 3; "anthropic/claude-sonnet-4.5" → 4, 5.
std::vector<int> version_of(std::string_view model) {
    std::vector<int> numbers;
    const std::string flat = base::replace_all(std::string(model), ".", "-");
    for (const auto part : base::split(flat, '-')) {
        int number = 0;
        const auto parsed = std::from_chars(part.data(), part.data() + part.size(), number);
        const bool whole = parsed.ec == std::errc() && parsed.ptr == part.data() + part.size();
        if (whole && number < 100) numbers.push_back(number);  // not a date
    }
    return numbers;
}

}  // namespace

ClaudeGeneration claude_generation(std::string_view model) {
    const auto version = version_of(model);
    if (!model.contains("claude") || version.empty()) return {};
    const int major = version[0];
    const int minor = version.size() > 1 ? version[1] : 0;
    if (major < 4 || (major == 4 && minor < 7)) return {true, ClaudeThinking::budget};
    if (major == 4) return {false, ClaudeThinking::adaptive};
    return {};
}

}  // namespace adapters

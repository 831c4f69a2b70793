#include "engine/memory_budget.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include <fmt/core.h>

#include "base/text.hpp"

namespace engine {
namespace {

constexpr int kDefaultContext = 4096;
// Kept for everything else on the machine.
constexpr std::uint64_t kReserve = 256ull * 1024 * 1024;

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    text = base::trim(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> control_group_free() {
    const auto limit = parse_number(read_file("/sys/fs/cgroup/memory.max"));  // "max": no limit
    const auto used = parse_number(read_file("/sys/fs/cgroup/memory.current"));
    if (!limit || !used) return std::nullopt;
    return *limit > *used ? *limit - *used : 0;
}

}  // namespace

std::optional<std::uint64_t> parse_meminfo(std::string_view text) {
    constexpr std::string_view kKey = "MemAvailable:";
    for (const auto line : base::split(text, '\n')) {
        if (!line.starts_with(kKey)) continue;
        const auto kilobytes = parse_number(line.substr(kKey.size()));
        if (kilobytes) return *kilobytes * 1024;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> free_memory() {
    const auto machine = parse_meminfo(read_file("/proc/meminfo"));
    const auto group = control_group_free();
    if (machine && group) return std::min(*machine, *group);
    return machine ? machine : group;
}

std::uint64_t resident_bytes() {
    const std::string text = read_file("/proc/self/statm");
    const auto fields = base::split(text, ' ');
    if (fields.size() < 2) return 0;
    const auto pages = parse_number(fields[1]);
    return pages.value_or(0) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

base::Result<ContextPlan> plan_context(const ContextWish& wish,
                                       std::optional<std::uint64_t> free_bytes) {
    ContextPlan plan;
    const int trained = wish.trained_tokens > 0 ? wish.trained_tokens : kDefaultContext;
    const int wanted =
        wish.wanted_tokens > 0 ? wish.wanted_tokens : std::min(trained, kDefaultContext);
    plan.tokens = std::min(wanted, trained);
    if (plan.tokens < wanted) {
        plan.reason = fmt::format("the model was trained for {} tokens", trained);
    }
    plan.cells = plan.tokens * std::max(wish.sequences, 1);
    if (!free_bytes || wish.bytes_per_token == 0) return plan;

    const std::uint64_t taken = wish.fixed_bytes + kReserve;
    const std::uint64_t room = *free_bytes > taken ? *free_bytes - taken : 0;
    const auto fits =
        static_cast<int>(std::min<std::uint64_t>(room / wish.bytes_per_token, 16 * 1024 * 1024));
    if (fits < std::min(kMinContext, plan.tokens)) {
        return base::fail(
            base::ErrorCode::out_of_memory,
            fmt::format("not enough memory for this model: {} are free and a "
                        "conversation needs at least {}",
                        base::human_bytes(*free_bytes),
                        base::human_bytes(taken + static_cast<std::uint64_t>(kMinContext) *
                                                      wish.bytes_per_token)),
            "close other programs or choose a smaller model");
    }
    if (fits < plan.tokens) {
        plan.tokens = fits;
        plan.reason = fmt::format("only {} of memory are free", base::human_bytes(*free_bytes));
    }
    plan.cells = std::min(plan.cells, fits);
    return plan;
}

}  // namespace engine

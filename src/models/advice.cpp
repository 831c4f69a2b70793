#include "models/advice.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/core.h>

#include "base/text.hpp"

namespace models {
namespace {

// A usual home connection (25 Mbit/s), for as long as nothing has been fetched.
constexpr double kAssumedDownload = 3'125'000;
// The rest is for the system and what else runs.
constexpr double kShareForModels = 0.75;
// Slower than half of quiet reading is no conversation any more.
constexpr double kBearable = 2.0;

std::string human(long long bytes) {
    return base::human_bytes(static_cast<unsigned long long>(std::max(0LL, bytes)));
}

void add_download(Advice& advice, const CatalogueEntry& entry, const Machine& machine,
                  long long done_bytes) {
    if (entry.bytes <= 0) return;
    const bool measured = machine.download_bytes_per_s > 0;
    const double speed = measured ? machine.download_bytes_per_s : kAssumedDownload;
    const auto left = static_cast<double>(std::max(0LL, entry.bytes - done_bytes));
    advice.download_s = std::llround(std::ceil(left / speed));
    advice.download_basis = measured ? fmt::format("at {}/s, measured at the last download",
                                                   human(static_cast<long long>(speed)))
                                     : "assuming 25 Mbit/s; nothing has been measured yet";
}

void add_speed(Advice& advice, const CatalogueEntry& entry, const Machine& machine) {
    if (entry.bytes <= 0 || machine.tokens_per_s <= 0 || machine.measured_bytes <= 0) return;
    advice.tokens_per_s = machine.tokens_per_s * static_cast<double>(machine.measured_bytes) /
                          static_cast<double>(entry.bytes);
    advice.speed_basis =
        fmt::format("scaled by size from the {:.0f} tokens/s that {} makes on this machine",
                    machine.tokens_per_s, machine.measured_name);
}

void add_memory(Advice& advice, const CatalogueEntry& entry, const Machine& machine) {
    if (entry.memory_bytes <= 0 || machine.memory_bytes <= 0) return;
    const auto room = static_cast<double>(machine.memory_bytes) * kShareForModels;
    if (static_cast<double>(entry.memory_bytes) > room) {
        advice.fit = MemoryFit::too_large;
        advice.memory_note = fmt::format("needs {} of memory; this machine has {}",
                                         human(entry.memory_bytes), human(machine.memory_bytes));
    } else if (machine.free_memory_bytes > 0 && entry.memory_bytes > machine.free_memory_bytes) {
        advice.fit = MemoryFit::tight;
        advice.memory_note =
            fmt::format("needs {} of memory; {} are free just now, so close something first",
                        human(entry.memory_bytes), human(machine.free_memory_bytes));
    } else {
        advice.fit = MemoryFit::fits;
    }
}

// The number behind `key` of a file like /proc/meminfo, in bytes; 0 when it is not there.
long long kilobytes_of(std::istream& in, std::string_view key) {
    std::string word;
    while (in >> word) {
        long long value = 0;
        if (word == key && in >> value) return value * 1024;
    }
    return 0;
}

// A limit file of the control group holds one number, or "max"; 0 when there is no limit.
long long number_in(const char* path) {
    std::ifstream in(path);
    long long value = 0;
    return in >> value ? value : 0;
}

}  // namespace

Advice advise(const CatalogueEntry& entry, const Machine& machine, long long done_bytes) {
    Advice advice;
    add_download(advice, entry, machine, done_bytes);
    add_speed(advice, entry, machine);
    add_memory(advice, entry, machine);
    return advice;
}

const CatalogueEntry* recommend(const std::vector<CatalogueEntry>& entries, const Machine& machine,
                                const std::function<bool(const CatalogueEntry&)>& may_take) {
    const CatalogueEntry* best = nullptr;
    const CatalogueEntry* smallest = nullptr;
    for (const auto& entry : entries) {
        if (entry.role != "chat" || entry.starter || !entry.hub || !may_take(entry)) continue;
        const Advice advice = advise(entry, machine);
        if (advice.fit == MemoryFit::too_large) continue;
        if (smallest == nullptr || entry.memory_bytes < smallest->memory_bytes) smallest = &entry;
        if (advice.tokens_per_s && *advice.tokens_per_s < kBearable) continue;
        if (entry.recommended) return &entry;
        if (best == nullptr || entry.memory_bytes > best->memory_bytes) best = &entry;
    }
    return best != nullptr ? best : smallest;
}

Machine look_at_memory() {
    Machine machine;
    std::ifstream total("/proc/meminfo");
    machine.memory_bytes = kilobytes_of(total, "MemTotal:");
    std::ifstream free("/proc/meminfo");
    machine.free_memory_bytes = kilobytes_of(free, "MemAvailable:");
    const long long limit = number_in("/sys/fs/cgroup/memory.max");
    if (limit > 0 && limit < machine.memory_bytes) {
        machine.memory_bytes = limit;
        const long long used = number_in("/sys/fs/cgroup/memory.current");
        machine.free_memory_bytes =
            std::min(machine.free_memory_bytes, std::max(0LL, limit - used));
    }
    return machine;
}

}  // namespace models

#include "browser_script.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include <fmt/core.h>

namespace bench {

json::Value run_browser_script(std::string_view script, const std::string& program,
                               const std::filesystem::path& cache, int runs) {
    const auto command = fmt::format("node {}/{} '{}' '{}' {}", LOCI_BENCH_FOLDER, script, program,
                                     cache.string(), runs);
    FILE* pipe = popen(command.c_str(), "r");  // NOLINT(bugprone-command-processor): own paths
    if (pipe == nullptr) return {};
    std::string text;
    std::array<char, 4096> part{};
    while (const auto n = fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), n);
    if (pclose(pipe) != 0) return {};
    auto value = json::parse(text);
    return value ? std::move(*value) : json::Value{};
}

Samples samples_of(const json::Value* value) {
    Samples samples;
    if (value == nullptr) return samples;
    if (value->is_number()) samples.add(json::number_or(value, 0));
    if (value->is_array())
        for (const auto& each : value->as_array()) samples.add(json::number_or(&each, 0));
    return samples;
}

}  // namespace bench

#include "body_stage.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "json/json.hpp"
#include "rig/samples.hpp"

namespace bench {
namespace {

constexpr unsigned kSeconds = 600;

// What the script printed; an empty value where it could not run, it has said why itself.
json::Value measured(const StageOptions& options) {
    const auto command = fmt::format("node {}/stage.mjs '{}' '{}' {}", LOCI_BENCH_FOLDER,
                                     options.program, options.cache, options.runs);
    FILE* pipe = popen(command.c_str(), "r");  // NOLINT(bugprone-command-processor): own paths
    if (pipe == nullptr) return {};
    std::string text;
    std::array<char, 4096> part{};
    while (const auto n = fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), n);
    if (pclose(pipe) != 0) return {};
    auto value = json::parse(text);
    return value ? std::move(*value) : json::Value{};
}

// A list of numbers, or one; without samples where there is nothing.
Samples samples_of(const json::Value* value) {
    Samples samples;
    if (value == nullptr) return samples;
    if (value->is_number()) samples.add(json::number_or(value, 0));
    if (value->is_array())
        for (const auto& each : value->as_array()) samples.add(json::number_or(&each, 0));
    return samples;
}

}  // namespace

void add_stage(Report& report, const StageOptions& options) {
    std::string note = options.program.empty() ? "needs --program and --cache" : "";
    json::Value all;
    if (note.empty()) {
        step("the figure in a browser, drawn in software", kSeconds);
        all = measured(options);
        if (!all.is_object()) note = "the browser did not get through; why stands above";
    }
    const auto line = [&](std::string key, std::string what, std::string unit, const char* path,
                          double share, double target, Bound bound = Bound::at_most) {
        const auto samples = samples_of(json::find_path(all, path));
        const bool any = samples.size() > 0;
        report.detail(key, samples.summary());
        report.add({.key = std::move(key),
                    .what = std::move(what),
                    .unit = std::move(unit),
                    .value = any ? std::optional(samples.at(share)) : std::nullopt,
                    .target = target,
                    .bound = bound,
                    .note = any ? "" : note});
    };
    line("stage_moving_ms", "page load → the figure moves, p50", "ms", "moving", .5, 3000);
    line("stage_wave_ms", "\"wave\" typed → the wrist moves, p95", "ms", "waves", .95, 150);
    line("stage_frames", "pictures a second at 512×768, the figure dancing, p50", "1/s",
         "frames.rates", .5, 25, Bound::at_least);
    if (const auto* ratio = json::find_path(all, "frames.ratio"))
        report.detail("stage_pixel_ratio", *ratio);
    line("stage_ack_ms", "directive over HTTP → answered with its tick, p95", "ms", "acknowledged",
         .95, 35);
    line("stage_differences", "ten minutes of random wishes: what is another than before", "",
         "differences", .5, 0);
    line("stage_packed_kb", "scripts of the stage, gzip", "KB", "packed_kb", .5, 230);
}

}  // namespace bench

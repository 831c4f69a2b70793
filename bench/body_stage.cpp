#include "body_stage.hpp"

#include <optional>
#include <utility>

#include "json/json.hpp"
#include "rig/browser_script.hpp"
#include "rig/samples.hpp"

namespace bench {

constexpr unsigned kSeconds = 600;

void add_stage(Report& report, const StageOptions& options) {
    std::string note = options.program.empty() ? "needs --program and --cache" : "";
    json::Value all;
    if (note.empty()) {
        step("the figure in a browser, drawn in software", kSeconds);
        all = run_browser_script("stage.mjs", options.program, options.cache, options.runs);
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

// What a moment of the character costs, and how exactly its mouth follows the voice:
//   body_bench [--clips CLIPS.BIN] [--wasm BODY.WASM] [--program LOCI --cache FOLDER] [--runs N]
//              [--only NAME]    (cost, wasm, mouth, stage)
// Natively here, in WebAssembly by Node with bench/body_wasm.mjs, in a browser with the real server
// with bench/stage.mjs. Prints a table against the targets on standard error and JSON on standard
// output.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "body/body.hpp"
#include "body/clip_form.hpp"
#include "body/testing/figure.hpp"
#include "body_stage.hpp"
#include "rig/report.hpp"
#include "rig/samples.hpp"

namespace {

constexpr int kTicks = 60 * 60;  // a minute

struct Options {
    std::string clips;
    std::string wasm = LOCI_BODY_WASM;
    std::string only;
    bench::StageOptions stage;
    [[nodiscard]] bool wants(const std::string& name) const { return only.empty() || only == name; }
};

std::vector<body::Clip> clips_of(const std::string& path) {
    if (path.empty()) return body::testing::all_clips();
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    auto clips = body::read_clips(bytes);
    if (clips) return std::move(*clips);
    std::fprintf(stderr, "%s: %s\n", path.c_str(), clips.error().c_str());
    std::exit(1);
}

body::SpeechTimeline talk(int segment, double at) {
    constexpr std::array kSounds{"h", "ə", "l", "ˈoʊ", "m",  "aɪ", "f",
                                 "ɹ", "ɛ", "n", "d",   "iː", "ʃ",  "uː"};
    body::SpeechTimeline timeline{.segment = segment, .at = at, .phonemes = {}};
    for (int i = 0; i < 140; ++i)
        timeline.phonemes.push_back({.ipa = kSounds[static_cast<std::size_t>(i) % kSounds.size()],
                                     .t_ms = i * 85,
                                     .dur_ms = 85});
    return timeline;
}

// All layers with a new whole-body clip every fourth tick: fades of 18 ticks keep five at once.
bench::Samples cost(const Options& options) {
    body::Body figure;
    static_cast<void>(figure.set_character(body::testing::figure()));
    std::vector<std::string> names;
    for (auto& clip : clips_of(options.clips)) {
        const bool whole = !clip.upper_body && !clip.additive &&
                           clip.starts_in == body::Stance::standing && !clip.is_transition();
        if (whole && clip.turned() == 0) names.push_back(clip.name);
        static_cast<void>(figure.add_clip(std::move(clip)));
    }
    figure.set_gaze({.kind = body::GazeKind::point, .place = body::Vec3{.5F, 1.4F, 2}});
    figure.step_to(0);
    bench::Samples samples;
    for (int tick = 1; tick <= kTicks; ++tick) {
        if (tick % 4 == 0) {
            body::Directive directive;
            directive.action =
                body::Action{.name = names[static_cast<std::size_t>(tick / 4) % names.size()],
                             .params = {},
                             .loop = true};
            directive.expression = body::Expression{.name = "joy", .intensity = .7F, .ms = 500};
            figure.direct(std::move(directive));
        }
        if (tick % 700 == 1) figure.say(talk(tick, tick));
        const auto begin = bench::now();
        figure.step_to(tick);
        samples.add(bench::ms_between(begin, bench::now()) * 1000);
        figure.clear_events();
    }
    return samples;
}

std::optional<double> cost_in_wasm(const Options& options) {
    const std::string command = std::string("node ") + LOCI_BENCH_FOLDER + "/body_wasm.mjs " +
                                options.wasm + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");  // NOLINT(bugprone-command-processor): own paths
    if (pipe == nullptr) return std::nullopt;
    double microseconds = 0;
    const int read = std::fscanf(pipe, "%lf", &microseconds);  // NOLINT: one number, checked
    return pclose(pipe) == 0 && read == 1 ? std::optional(microseconds) : std::nullopt;
}

// How far from the voice a vowel has half of its strength in the face, in ms; `begin` is the tick
// at which the talk starts.
bench::Samples mouth_errors(double begin) {
    constexpr std::array kSounds{"ɑ", "s", "uː", "t", "oː", "k", "ɑ", "n", "iː", "l"};
    constexpr std::array<const char*, 10> kShapes{"aa", "", "ou", "", "oh", "", "aa", "", "ee", ""};
    body::Body figure;
    const auto spec = body::testing::figure();
    static_cast<void>(figure.set_character(spec));
    body::SpeechTimeline timeline{.segment = 1, .at = begin + .4, .phonemes = {}};
    for (int i = 0; i < 200; ++i)
        timeline.phonemes.push_back({.ipa = kSounds[static_cast<std::size_t>(i) % kSounds.size()],
                                     .t_ms = i * 110,
                                     .dur_ms = 110});
    figure.say(timeline);
    const auto first = static_cast<body::Tick>(begin) - 10;
    std::vector<std::vector<float>> trace;
    for (body::Tick tick = first; tick < first + 1400; ++tick) {
        figure.step_to(tick);
        const auto weights = figure.pose().weights;
        trace.emplace_back(weights.begin(), weights.end());
    }
    bench::Samples errors;
    for (std::size_t i = 10; i < 200; i += 2) {
        const auto channel = static_cast<std::size_t>(
            std::ranges::find(spec.expressions, kShapes[i % 10]) - spec.expressions.begin());
        const double onset =
            timeline.at - static_cast<double>(first) + static_cast<double>(i) * .11 * 60;
        auto k = static_cast<std::size_t>(onset + 4);
        const float half = trace[k][channel] * .5F;
        while (k > 0 && trace[k][channel] > half) --k;
        const float rise = trace[k + 1][channel] - trace[k][channel];
        const double at =
            static_cast<double>(k) + static_cast<double>((half - trace[k][channel]) / rise);
        errors.add(std::fabs(at - onset) * 1000 / 60);
    }
    return errors;
}

}  // namespace

int main(int count, char** arguments) {
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string flag = arguments[i];
        if (flag == "--clips") options.clips = arguments[i + 1];
        if (flag == "--wasm") options.wasm = arguments[i + 1];
        if (flag == "--only") options.only = arguments[i + 1];
        if (flag == "--program") options.stage.program = arguments[i + 1];
        if (flag == "--cache") options.stage.cache = arguments[i + 1];
        if (flag == "--runs") options.stage.runs = std::max(1, std::atoi(arguments[i + 1]));
    }
    bench::Report report("body");
    if (options.wants("cost")) {
        bench::step("the cost of a tick");
        const auto samples = cost(options);
        report.add({.key = "tick_us",
                    .what = "a tick, all layers, five clips",
                    .unit = "µs",
                    .value = samples.median(),
                    .target = 30});
        report.detail("tick_us", samples.summary());
    }
    if (options.wants("wasm")) {
        bench::step("the same in WebAssembly");
        const auto value = cost_in_wasm(options);
        report.add({.key = "tick_wasm_us",
                    .what = "… in WebAssembly, the page's calls included",
                    .unit = "µs",
                    .value = value,
                    .target = 30,
                    .note = value ? "" : "needs Node and web/src/body/body.wasm"});
    }
    if (options.wants("mouth")) {
        bench::step("the mouth against the voice");
        const auto now = mouth_errors(60);
        const auto later = mouth_errors(60 + 30 * 60 * 60);
        report.add({.key = "mouth_error_ms",
                    .what = "onset of a vowel against the voice, p95",
                    .unit = "ms",
                    .value = now.at(.95),
                    .target = 25});
        report.add({.key = "mouth_drift_ms",
                    .what = "… how much more after 30 minutes",
                    .unit = "ms",
                    .value = std::fabs(later.at(.95) - now.at(.95)),
                    .target = 1});
        report.detail("mouth_error_ms", now.summary());
    }
    if (options.wants("stage")) bench::add_stage(report, options.stage);
    report.print();
    return 0;
}

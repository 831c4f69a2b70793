#include "voice_turns.hpp"

#include <fmt/core.h>

namespace bench {

void TurnFigures::add(const TurnFigures& other) {
    first_sound.add(other.first_sound);
    for (const auto& [name, samples] : other.stages) stages[name].add(samples);
    cut_in += other.cut_in;
    cut.insert(cut.end(), other.cut.begin(), other.cut.end());
    missed += other.missed;
    unanswered += other.unanswered;
    all += other.all;
}

void add_delay(Report& report, const std::string& name, const std::string& what,
               const Samples& samples, DelayTargets targets) {
    if (samples.size() == 0) {
        report.add({name, what, "ms", {}, targets.p50, Bound::at_most, "nothing measured"});
        return;
    }
    report.add(
        {name + "_p50_ms", fmt::format("{}, p50", what), "ms", samples.at(0.5), targets.p50});
    report.add(
        {name + "_p95_ms", fmt::format("{}, p95", what), "ms", samples.at(0.95), targets.p95});
    report.detail(name, samples.summary());
}

void add_turns(Report& report, const std::string& prefix, const std::string& what,
               const TurnFigures& figures, Targets targets) {
    const auto target = [&](double value) {
        return targets == Targets::none ? std::optional<double>() : std::optional(value);
    };
    add_delay(report, prefix + "end_to_first_sound", what + "end of speech → first sound",
              figures.first_sound, {.p50 = target(500), .p95 = target(1'100)});
    report.add({prefix + "false_cut_ins_percent", "  turns cut into", "%", figures.cut_in_percent(),
                target(5)});
    json::Array cut;
    for (const auto& text : figures.cut) cut.emplace_back(text);
    report.detail(prefix + "cut_into", std::move(cut));
    report.add({prefix + "missed_ends_percent", "  ends missed for 2.5 s", "%",
                figures.missed_percent(), target(2)});
    report.add({prefix + "unanswered",
                "  turns without a sound",
                "",
                figures.unanswered,
                {},
                Bound::at_most,
                fmt::format("of {}", figures.all)});
    add_stages(report, prefix, figures);
}

void add_stages(Report& report, const std::string& prefix, const TurnFigures& figures) {
    for (const auto& [name, samples] : figures.stages) {
        const auto key = fmt::format("{}stage_{}", prefix, name);
        report.add({key + "_p50_ms", "  of it " + name, "ms", samples.at(0.5), {}});
        report.detail(key, samples.summary());
    }
}

}  // namespace bench

#include "voice_chain.hpp"

#include <algorithm>
#include <string>

namespace bench {
namespace {

void add(Report& report, const char* key, const char* what, const Samples& samples,
         std::optional<double> p50, std::optional<double> p95) {
    const std::string name = key;
    if (samples.size() == 0) {
        report.add({name, what, "ms", {}, p50, Bound::at_most, "nothing measured"});
        return;
    }
    report.add({name + "_p50_ms", fmt::format("{}, p50", what), "ms", samples.at(0.5), p50});
    report.add({name + "_p95_ms", fmt::format("{}, p95", what), "ms", samples.at(0.95), p95});
    report.detail(name, samples.summary());
}

}  // namespace

void measure_commits(Chain& bench, Report& report) {
    Samples commit;
    bench.answer_.text = "I can help you.";
    bench.open(voice::TurnMode::manual);
    for (int i = 0; i < bench.wishes().turns / 5; ++i) {
        const auto sound = Chain::trimmed(bench.say(kComplete[static_cast<std::size_t>(i) % 24]));
        bench.talk_->clear();
        bench.turn = {};
        bench.hear(sound);
        bench.quiet(32);
        const auto pressed = now();
        bench.talk_->commit();
        bench.quiet_until(6'000, [&] { return bench.turn.done.has_value(); });
        if (bench.turn.first_sound) {
            commit.add(ms_between(pressed, *bench.turn.first_sound));
        }
    }
    bench.close();
    add(report, "commit_to_first_sound", "commit by hand → first sound", commit, 420, {});
}

void measure_turns(Chain& bench, Report& report) {
    Samples first_sound;
    std::map<std::string, Samples> stages;
    int cut_in = 0;
    int missed = 0;
    int all = 0;
    bench.answer_.text = "I can help you.";
    bench.open(voice::TurnMode::semantic_vad);
    for (int i = 0; i < bench.wishes().turns; ++i, ++all) {
        const auto at = static_cast<std::size_t>(i);
        const bool pauses = i % 3 == 2;
        bench.turn = {};
        if (pauses) {
            const auto& parts = kPaused[at / 3 % kPaused.size()];
            bench.hear(Chain::trimmed(bench.say(parts[0])));
            bench.quiet(500 + 100 * (i % 5));
            if (bench.turn.commits > 0) ++cut_in;
            bench.hear(Chain::trimmed(bench.say(parts[1])));
        } else {
            bench.hear(Chain::trimmed(bench.say(kComplete[at % kComplete.size()])));
            if (bench.turn.commits > 0) ++cut_in;
        }
        const auto ended = now();
        const int before = bench.turn.commits;
        bench.quiet_until(2'500, [&] { return bench.turn.commits > before; });
        if (bench.turn.commits == before) ++missed;
        bench.quiet_until(8'000, [&] { return bench.turn.done.has_value(); });
        const bool counts = !pauses && bench.turn.commits == 1 && bench.turn.first_sound;
        if (counts) {
            first_sound.add(ms_between(ended, *bench.turn.first_sound));
            for (const auto& [name, ms] : bench.turn.stages) stages[name].add(ms);
        }
        bench.quiet(400);
    }
    bench.close();
    add(report, "end_to_first_sound", "end of speech → first sound", first_sound, 500, 1'100);
    report.add(
        {"false_cut_ins_percent", "turns cut into", "%", 100.0 * cut_in / std::max(1, all), 5});
    report.add({"missed_ends_percent", "ends missed for 2.5 s", "%",
                100.0 * missed / std::max(1, all), 2});
    for (const auto& [name, samples] : stages) {
        report.detail("stage_" + name, samples.summary());
        report.add({"stage_" + name + "_p50_ms", "  of it " + name, "ms", samples.at(0.5), {}});
    }
}

void measure_interruptions(Chain& bench, Report& report) {
    Samples paused;
    int kept_talking = 0;
    int all = 0;
    bench.answer_.text =
        "The small workshop stood at the end of a narrow street, and every morning its owner "
        "opened the green door before the baker had lit his oven. He repaired clocks, and people "
        "came from far away to have him look at the ones they had inherited.";
    bench.open(voice::TurnMode::semantic_vad);
    for (int i = 0; i < std::max(6, bench.wishes().turns / 8); ++i) {
        const auto at = static_cast<std::size_t>(i);
        static_cast<void>(bench.talk_->cancel(std::nullopt));
        bench.quiet(700);
        bench.turn = {};
        if (!bench.talk_->respond({})) continue;
        bench.quiet_until(3'000, [&] { return bench.turn.first_sound.has_value(); });
        bench.quiet(800 + 150 * (i % 5));
        const auto sound = Chain::trimmed(bench.say(kInterrupting[at % kInterrupting.size()]));
        const auto onset = now();
        bench.hear(sound);
        bench.quiet(800);
        ++all;
        if (bench.turn.paused) paused.add(ms_between(onset, *bench.turn.paused));
        if (!bench.turn.cancelled) ++kept_talking;
    }
    bench.close();
    add(report, "onset_to_pause", "interrupting speech → paused", paused, {}, 120);
    report.add({"kept_talking_percent",
                "interruptions that did not stop it",
                "%",
                100.0 * kept_talking / std::max(1, all),
                {}});
}

}  // namespace bench

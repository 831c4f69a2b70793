#include "voice_chain.hpp"

#include <algorithm>
#include <string>

#include "media/resampler.hpp"
#include "rig/program.hpp"
#include "voice_speaker.hpp"

namespace bench {

void Turn::note(const event::Any& what) {
    const auto at = bench::now();
    if (std::holds_alternative<event::Committed>(what)) {
        committed = at;
        ++commits;
        // What was heard before answered an earlier part.
        answer.reset();
        first_sound.reset();
        done.reset();
    } else if (const auto* started = std::get_if<event::ResponseStarted>(&what)) {
        answer = started->response;
    } else if (const auto* audio = std::get_if<event::Audio>(&what)) {
        if (!first_sound && audio->response == answer) first_sound = at;
    } else if (std::holds_alternative<event::Paused>(what)) {
        if (!paused) paused = at;
    } else if (std::holds_alternative<event::Cancelled>(what)) {
        cancelled = at;
    } else if (const auto* ended = std::get_if<event::ResponseDone>(&what)) {
        if (ended->ending.response == answer) done = at;
    } else if (const auto* transcript = std::get_if<event::Transcript>(&what)) {
        if (transcript->final) heard = transcript->heard.text;
    } else if (const auto* latency = std::get_if<event::Latency>(&what)) {
        for (const auto& stage : latency->stages) {
            stages[std::string(stage.name)] = stage.ms;
        }
    } else if (const auto* failure = std::get_if<event::Failure>(&what)) {
        fmt::print(stderr, "{}: {}\n", failure->stage, failure->error.text());
    }
}

std::vector<float> Tape::at(int rate) const {
    if (rate_ == rate || sound_.empty()) return sound_;
    auto resampler = media::Resampler::make(rate_, rate);
    if (!resampler) throw Failure(resampler.error().text());
    std::vector<float> sound;
    resampler->process(sound_, sound);
    resampler->flush(sound);
    return sound;
}

std::vector<SpokenLine> lines_of(Chain& bench) {
    std::vector<SpokenLine> lines;
    for (int i = 0; i < bench.wishes().turns; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (i % 3 != 2) {
            lines.push_back({Chain::trimmed(bench.say(kComplete[at % kComplete.size()])), {}});
            continue;
        }
        const auto& parts = kPaused[at / 3 % kPaused.size()];
        lines.push_back({Chain::trimmed(bench.say(parts[0])), Chain::trimmed(bench.say(parts[1]))});
    }
    return lines;
}

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
    add_delay(report, "commit_to_first_sound", "commit by hand → first sound", commit,
              {.p50 = 420});
}

void measure_turns(Chain& bench, Report& report) {
    add_turns(report, "", "", turns_of_speakers(bench, lines_of(bench), 1),
              Targets::of_one_conversation);
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
        bench.hush();
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
    add_delay(report, "onset_to_pause", "interrupting speech → paused", paused, {.p95 = 120});
    report.add({"kept_talking_percent",
                "interruptions that did not stop it",
                "%",
                100.0 * kept_talking / std::max(1, all),
                {}});
}

}  // namespace bench

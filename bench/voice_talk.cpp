#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "rig/loci_server.hpp"
#include "rig/talking_page.hpp"
#include "voice_server.hpp"

namespace bench {
namespace {

using std::chrono::minutes;

// Until then caches fill and the allocators find their size.
constexpr std::size_t kSettled = 5;  // minutes

constexpr const char* kScript = R"([
    {"match": "train", "repeat": true, "steps": [{"text": "It leaves at "}, {"text": "nine."}]},
    {"match": "garden", "repeat": true, "steps": [{"text": "Then let us water it."}]},
    {"match": "book", "repeat": true, "steps": [{"text": "[smile] I like that one. "},
                                                {"text": "How did it end?"}]},
    {"match": "", "repeat": true, "steps": [{"text": "I can help you "}, {"text": "with that."}]}
])";

struct Sample {
    double minute;
    Memory server, engine;
};

struct Talk {
    VoiceServerBench bench;
    Program& program;
    TalkingPage page;
    TurnFigures figures;
    TurnFigures first_quarter, last_quarter;
    std::vector<Sample> samples;
    json::Array errors;
    Time begin = now();
};

void sample(Talk& talk) {
    const Memory all = talk.program.memory_with_children();
    const Memory own = talk.program.memory();
    const Memory engine{all.rss - own.rss, all.private_dirty - own.private_dirty,
                        all.pss - own.pss};
    if (own.rss <= 0 || engine.rss <= 0) throw Failure("a program is gone or cannot be measured");
    talk.samples.push_back({ms_between(talk.begin, now()) / 60'000, own, engine});
    fmt::print(stderr, "  minute {:.0f}: loci {:.1f} MB, engine {:.1f} MB; {} turns, {} answered\n",
               talk.samples.back().minute, own.rss, engine.rss, talk.figures.all,
               talk.figures.all - talk.figures.unanswered);
}

async::Task<void> converse(Talk& talk, int length) {
    auto waking = wake(talk.page);
    co_await std::move(waking);
    talk.begin = now();
    sample(talk);
    Time next = talk.begin + minutes(1);
    const Time end = talk.begin + minutes(length);
    for (int number = 0; now() < end; ++number) {
        const auto& line =
            talk.bench.lines[static_cast<std::size_t>(number) % talk.bench.lines.size()];
        TurnFigures one;
        auto speaking = speak_line(talk.page, line, number, Patience{}, one);
        co_await std::move(speaking);
        talk.figures.add(one);
        const double part = ms_between(talk.begin, now()) / ms_between(talk.begin, end);
        if (part < 0.25) talk.first_quarter.add(one);
        if (part >= 0.75) talk.last_quarter.add(one);
        if (now() < next) continue;
        sample(talk);
        next += minutes(1);
    }
    talk.page.close();
}

void add_memory(Talk& talk, const std::string& name, Memory Sample::* whose) {
    const auto& samples = talk.samples;
    const auto& settled = samples[std::min(kSettled, samples.size() / 2)];
    const auto& last = samples.back();
    const auto most = std::max_element(
        samples.begin(), samples.end(),
        [&](const Sample& a, const Sample& b) { return (a.*whose).rss < (b.*whose).rss; });
    auto& report = talk.bench.report;
    report.add({name + "_settled_mb",
                fmt::format("{}: resident after {:.0f} min", name, settled.minute),
                "MB",
                (settled.*whose).rss,
                {}});
    report.add({name + "_end_mb",
                fmt::format("  after {:.0f} min", last.minute),
                "MB",
                (last.*whose).rss,
                {}});
    report.add({name + "_most_mb",
                fmt::format("  most, in minute {:.0f}", most->minute),
                "MB",
                ((*most).*whose).rss,
                {}});
    report.add({name + "_growth_mb", "  growth between the two", "MB",
                (last.*whose).rss - (settled.*whose).rss, 5});
    report.add({name + "_dirty_growth_mb",
                "  of it private and written to",
                "MB",
                (last.*whose).private_dirty - (settled.*whose).private_dirty,
                {}});
    json::Array rss;
    json::Array dirty;
    for (const auto& one : samples) {
        rss.emplace_back((one.*whose).rss);
        dirty.emplace_back((one.*whose).private_dirty);
    }
    report.detail(name + "_rss_mb", std::move(rss));
    report.detail(name + "_private_dirty_mb", std::move(dirty));
}

}  // namespace

async::Task<void> measure_talk(VoiceServerBench bench, int length) {
    step(fmt::format("{} minutes of talk", length), 60 * static_cast<unsigned>(length) + 300);
    LociServer server(bench.io, {bench.server, bench.cache, bench.folder}, kScript);
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    Talk talk{bench, server.program, TalkingPage(bench.io, port), {}, {}, {}, {}, {}};
    talk.page.on_error = [&](const std::string& error) { talk.errors.emplace_back(error); };
    json::Object wishes;
    wishes["voice"] = bench.voice;
    wishes["eagerness"] = bench.eagerness;
    wishes["language"] = "en";
    auto opening = talk.page.open(std::move(wishes));
    co_await std::move(opening);
    std::vector<async::Task<void>> both;
    both.push_back(talk.page.listen());
    both.push_back(converse(talk, length));
    auto running = all_of(std::move(both));
    co_await std::move(running);
    add_memory(talk, "loci", &Sample::server);
    add_memory(talk, "engine", &Sample::engine);
    bench.report.add(
        {"talk_errors", "failures told", "", static_cast<double>(talk.errors.size()), 0});
    bench.report.detail("talk_errors", std::move(talk.errors));
    add_turns(bench.report, "talk_", "", talk.figures, Targets::none);
    add_delay(bench.report, "talk_first_quarter", "  in the first quarter",
              talk.first_quarter.first_sound);
    add_delay(bench.report, "talk_last_quarter", "  in the last quarter",
              talk.last_quarter.first_sound);
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

}  // namespace bench

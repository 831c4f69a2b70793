#include "voice_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include <fmt/core.h>

#include "rig/talking_page.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

Launch launch_of(const VoiceServerBench& bench, const std::filesystem::path& home) {
    const char* path = std::getenv("PATH");
    Launch launch;
    launch.program = bench.server;
    launch.arguments = {"serve", "--port", "0", "--data", (home / "data").string(), "--no-browser"};
    launch.environment = {"HOME=" + home.string(),
                          fmt::format("PATH={}", path == nullptr ? "" : path),
                          "LOCI_CACHE=" + bench.cache.string(),
                          "LOCI_MODELS_DISCOVER=false",
                          "LOCI_LIMITS_MESSAGES_PER_MINUTE=1000000",
                          "LOCI_LIMITS_MESSAGE_BURST=100000",
                          "LOCI_LOGGING_LEVEL=warn"};
    return launch;
}

json::Object command(const char* type) {
    json::Object made;
    made["type"] = type;
    return made;
}

async::Task<void> talk(TalkingPage& page, bool down) {
    auto said = command("voice.talk");
    said["down"] = down;
    auto sending = page.send(std::move(said));
    co_await std::move(sending);
}

struct Heard {
    Samples by_hand;
    Samples by_itself;
    std::map<std::string, Samples> stages;
    int cut_in = 0;
    int missed = 0;
    int unanswered = 0;
    int all = 0;
};

async::Task<void> answer_heard(TalkingPage& page, Heard& heard) {
    auto waiting = page.wait(25'000, [&] { return page.turn.done.has_value(); });
    co_await std::move(waiting);
    if (!page.turn.first_sound) ++heard.unanswered;
    auto resting = page.wait(500, [] { return false; });
    co_await std::move(resting);
}

async::Task<void> commit_by_hand(TalkingPage& page, const VoiceServerBench& bench, Heard& heard) {
    for (std::size_t i = 0; i < bench.lines.size(); i += 5) {
        page.turn = {};
        auto pressing = talk(page, true);
        co_await std::move(pressing);
        auto speaking = page.speak(bench.lines[i].sound);
        co_await std::move(speaking);
        auto releasing = talk(page, false);
        co_await std::move(releasing);
        const Time released = now();
        auto listening = answer_heard(page, heard);
        co_await std::move(listening);
        if (page.turn.first_sound) heard.by_hand.add(ms_between(released, *page.turn.first_sound));
    }
}

async::Task<void> end_by_itself(TalkingPage& page, const VoiceServerBench& bench, Heard& heard) {
    for (std::size_t i = 0; i < bench.lines.size(); ++i, ++heard.all) {
        const SpokenLine& line = bench.lines[i];
        page.turn = {};
        auto speaking = page.speak(line.sound);
        co_await std::move(speaking);
        if (!line.rest.empty()) {
            auto pausing = page.wait(500 + 100 * static_cast<int>(i % 5), [] { return false; });
            co_await std::move(pausing);
        }
        if (page.turn.commits > 0) ++heard.cut_in;
        if (!line.rest.empty()) {
            auto going_on = page.speak(line.rest);
            co_await std::move(going_on);
        }
        const Time ended = now();
        const int before = page.turn.commits;
        auto waiting = page.wait(2'500, [&] { return page.turn.commits > before; });
        co_await std::move(waiting);
        if (page.turn.commits == before) ++heard.missed;
        auto listening = answer_heard(page, heard);
        co_await std::move(listening);
        if (!line.rest.empty() || page.turn.commits != 1 || !page.turn.first_sound) continue;
        heard.by_itself.add(ms_between(ended, *page.turn.first_sound));
        for (const auto& [name, ms] : page.turn.stages) heard.stages[name].add(ms);
    }
}

async::Task<void> converse(TalkingPage& page, const VoiceServerBench& bench, bool by_hand,
                           Heard& heard) {
    auto waking = page.send(command("voice.wake"));
    co_await std::move(waking);
    page.turn = {};
    auto greeting = page.wait(60'000, [&] { return page.turn.done.has_value(); });
    co_await std::move(greeting);
    if (!page.turn.done) throw Failure("the companion did not say hello");
    auto measuring =
        by_hand ? commit_by_hand(page, bench, heard) : end_by_itself(page, bench, heard);
    co_await std::move(measuring);
    page.close();
}

async::Task<void> measure_page(VoiceServerBench bench, int port, bool by_hand, Heard& heard) {
    TalkingPage page(bench.io, port);
    json::Object wishes;
    wishes["voice"] = bench.voice;
    wishes["eagerness"] = bench.eagerness;
    wishes["language"] = "en";
    if (by_hand) wishes["mode"] = "push";
    auto opening = page.open(std::move(wishes));
    co_await std::move(opening);
    std::vector<async::Task<void>> both;
    both.push_back(page.listen());
    both.push_back(converse(page, bench, by_hand, heard));
    auto running = all_of(std::move(both));
    co_await std::move(running);
}

void add(Report& report, const std::string& name, const char* what, const Samples& samples,
         std::optional<double> p50, std::optional<double> p95) {
    if (samples.size() == 0) throw Failure(fmt::format("{}: nothing was measured", what));
    report.add({name + "_p50_ms", fmt::format("{}, p50", what), "ms", samples.at(0.5), p50});
    report.add({name + "_p95_ms", fmt::format("{}, p95", what), "ms", samples.at(0.95), p95});
    report.detail(name, samples.summary());
}

}  // namespace

async::Task<void> measure_through_server(VoiceServerBench bench) {
    step("speech through the server", 60 + 30 * static_cast<unsigned>(bench.lines.size()));
    const Folder folder(bench.folder);
    Program program(bench.io, launch_of(bench, folder.path()));
    auto starting = program.ready_port();
    const int port = co_await std::move(starting);
    Heard heard;
    for (const bool by_hand : {true, false}) {
        auto measuring = measure_page(bench, port, by_hand, heard);
        co_await std::move(measuring);
    }
    auto& report = bench.report;
    add(report, "server_commit_to_first_sound", "whole server: commit by hand → first sound",
        heard.by_hand, 420, {});
    add(report, "server_end_to_first_sound", "whole server: end of speech → first sound",
        heard.by_itself, 500, 1'100);
    const double all = std::max(1, heard.all);
    report.add(
        {"server_false_cut_ins_percent", "  turns cut into", "%", 100.0 * heard.cut_in / all, 5});
    report.add({"server_missed_ends_percent", "  ends missed for 2.5 s", "%",
                100.0 * heard.missed / all, 2});
    report.add({"server_unanswered", "  turns without a sound", "", heard.unanswered, {}});
    for (const auto& [name, samples] : heard.stages) {
        report.detail("server_stage_" + name, samples.summary());
        report.add(
            {"server_stage_" + name + "_p50_ms", "  of it " + name, "ms", samples.at(0.5), {}});
    }
    auto stopping = program.stop();
    co_await std::move(stopping);
}

}  // namespace bench

// How a spoken conversation feels on this machine, in real time, with real engines and generated
// speech: once in this process without a language model (its answer is there at once), which
// measures hearing, turn taking and speaking, and once through the whole server with the starter:
//   voice_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [--turns N] [--voice ID] [--eagerness E]
//               [--server LOCI] [--cache DIR] [--folder DIR] [--minutes N]
//               [--only chain|server|parts|page|wake|echo|words|ends|curve|sessions|talk]
// A table goes to standard error, JSON to standard output.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"
#include "voice_chain.hpp"
#include "voice_server.hpp"

namespace {

// What is measured only when it is asked for, with the engines alone.
struct Apart {
    std::string_view name;
    void (*measure)(bench::Chain& chain, bench::Report& report);
};
constexpr std::array kApart = {
    Apart{"parts", bench::measure_parts},      Apart{"page", bench::measure_page},
    Apart{"words", bench::measure_words},      Apart{"ends", bench::measure_ends},
    Apart{"echo", bench::measure_echo},        Apart{"curve", bench::measure_curve},
    Apart{"sessions", bench::measure_sessions}};
constexpr std::array<std::string_view, 5> kOthers = {"", "chain", "server", "wake", "talk"};

// run_on() wants a result.
async::Task<bool> measured(async::Task<void> measuring) {
    co_await std::move(measuring);
    co_return true;
}

const char* name_of(voice::Eagerness eagerness) {
    switch (eagerness) {
        case voice::Eagerness::low:
            return "low";
        case voice::Eagerness::medium:
            return "medium";
        case voice::Eagerness::high:
            return "high";
        case voice::Eagerness::automatic:
            break;
    }
    return "auto";
}

int usage() {
    fmt::print(stderr,
               "usage: voice_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [--turns N] "
               "[--voice ID] [--eagerness low|medium|high|auto] [--server LOCI] [--cache DIR] "
               "[--folder DIR] [--minutes N] "
               "[--only chain|server|parts|page|wake|echo|words|ends|curve|sessions|talk]\n");
    return 2;
}

bool take(bench::Wishes& wishes, const std::string& flag, const std::string& value) {
    if (flag == "--turns") {
        wishes.turns = std::max(5, std::atoi(value.c_str()));
    } else if (flag == "--minutes") {
        wishes.minutes = std::max(1, std::atoi(value.c_str()));
    } else if (flag == "--voice") {
        wishes.voice = value;
    } else if (flag == "--eagerness") {
        wishes.eagerness = value == "low"      ? voice::Eagerness::low
                           : value == "medium" ? voice::Eagerness::medium
                           : value == "high"   ? voice::Eagerness::high
                                               : voice::Eagerness::automatic;
        wishes.one_eagerness = true;
    } else if (flag == "--server") {
        wishes.server = value;
    } else if (flag == "--cache") {
        wishes.cache = value;
    } else if (flag == "--only") {
        wishes.only = value;
        const auto has_its_name = [&](const Apart& one) { return one.name == value; };
        return std::ranges::any_of(kApart, has_its_name) ||
               std::ranges::find(kOthers, value) != kOthers.end();
    } else if (flag == "--folder") {
        wishes.folder = value;
    } else {
        return false;
    }
    return true;
}

void run(const bench::Wishes& wishes, bench::Report& report) {
    const bool talks = wishes.only == "talk";
    std::vector<bench::SpokenLine> lines;
    {
        bench::Chain chain(wishes);
        if (!chain.warm()) throw bench::Failure("the engines of speech did not start");
        for (const auto& one : kApart) {
            if (wishes.only == one.name) return one.measure(chain, report);
        }
        if (wishes.only == "wake" || wishes.only.empty()) bench::measure_wake(chain, report);
        if (wishes.only == "wake") return;
        if (wishes.only != "server" && !talks) {
            bench::measure_commits(chain, report);
            bench::measure_turns(chain, report);
            bench::measure_interruptions(chain, report);
        }
        if (wishes.only != "chain" && !wishes.server.empty()) lines = lines_of(chain);
    }
    if (talks && lines.empty()) throw bench::Failure("--only talk needs --server");
    if (lines.empty()) return;
    boost::asio::io_context io;
    const bench::VoiceServerBench server{io,
                                         report,
                                         wishes.server,
                                         wishes.cache,
                                         wishes.folder,
                                         wishes.voice,
                                         name_of(wishes.eagerness),
                                         lines};
    async::testing::run_on(io, measured(talks ? bench::measure_talk(server, wishes.minutes)
                                              : bench::measure_through_server(server)));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return usage();
    bench::Wishes wishes;
    wishes.program = argv[1];
    wishes.speech_folder = argv[2];
    wishes.models = argv[3];
    for (int i = 4; i + 1 < argc; i += 2) {
        if (!take(wishes, argv[i], argv[i + 1])) return usage();
    }
    try {
        bench::Report report("voice");
        run(wishes, report);
        report.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "voice_bench: {}\n", failure.what());
        return 1;
    }
}

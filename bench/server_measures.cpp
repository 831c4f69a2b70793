#include "server_measures.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace bench {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kIdleSockets = 500;
constexpr int kStreams = 50;

Launch launch_of(const ServerBench& bench, const fs::path& home) {
    const char* path = std::getenv("PATH");
    Launch launch;
    launch.program = bench.program;
    launch.arguments = {"serve",    "--port", "0",           "--data", (home / "data").string(),
                        "--engine", "off",    "--no-browser"};
    launch.environment = {
        "HOME=" + home.string(),
        fmt::format("PATH={}", path == nullptr ? "" : path),
        "LOCI_LLM_PROVIDER=custom",
        fmt::format("LOCI_LLM_BASE_URL=http://127.0.0.1:{}/v1", bench.upstream.port()),
        "LOCI_LLM_API_KEY=none-needed",
        "LOCI_LLM_MODEL=bench",
        "LOCI_LLM_REFLEXES=off",
        "LOCI_MODELS_DISCOVER=false",
        // The bench is one peer that asks more often than a person does.
        "LOCI_LIMITS_REQUESTS_PER_SECOND=100000",
        "LOCI_LIMITS_REQUEST_BURST=100000",
        "LOCI_LIMITS_MESSAGES_PER_MINUTE=1000000",
        "LOCI_LIMITS_MESSAGE_BURST=100000",
        "LOCI_LOGGING_LEVEL=warn",
    };
    return launch;
}

// One started server.
struct Running {
    explicit Running(const ServerBench& bench, const fs::path& parent)
        : folder(parent), program(bench.io, launch_of(bench, folder.path())) {}
    Folder folder;
    Program program;
};

// Turns whose replies are short, one after the other.
async::Task<void> talk(ServerBench bench, int port, std::string session, int turns) {
    Page page(bench.io, port);
    auto opening = page.open(session);
    co_await std::move(opening);
    for (int number = 0; number < turns; ++number) {
        auto saying = page.say(session, fmt::format("message {} of an ordinary length, about the "
                                                    "weather, the garden and the cat",
                                                    number));
        const TurnSeen turn = co_await std::move(saying);
        if (turn.state != "done") throw Failure("a turn ended as " + turn.state);
    }
}

// What one write of the size of a small transaction costs on its way to the disk.
Samples sync_cost(const fs::path& folder) {
    Samples samples;
    const std::string name = (folder / "sync.probe").string();
    const int file = open(name.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const std::string page(4'096, 'x');
    for (int i = 0; i < 100 && file >= 0; ++i) {
        if (write(file, page.data(), page.size()) < 0) break;
        const Time before = now();
        fdatasync(file);
        samples.add(ms_between(before, now()));
    }
    close(file);
    unlink(name.c_str());
    return samples;
}

// A message on its way: stored and accepted, prompt complete (both by the server's account), there.
struct TurnDelays {
    Samples accepted;
    Samples prompt;
    Samples arrived;

    std::size_t request_bytes = 0;

    void add(const TurnSeen& turn, const Arrival& arrival) {
        accepted.add(ms_between(turn.sent, turn.accepted));
        arrived.add(ms_between(turn.sent, arrival.at));
        request_bytes = arrival.body.size();
        const auto* stage = json::find_path(turn.message, "detail.stages.0.ms");
        prompt.add(json::number_or(stage, 0));
    }
    [[nodiscard]] json::Value summary() const {
        json::Object object;
        object["sent_to_accepted"] = accepted.summary();
        object["turn_begun_to_prompt_complete"] = prompt.summary();
        object["sent_to_arrived"] = arrived.summary();
        object["request_bytes"] = request_bytes;
        return object;
    }
};

async::Task<TurnDelays> turn_delays(ServerBench bench, fs::path parent) {
    Running server(bench, parent);
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    bench.upstream.plan(kShortReply);
    auto making = new_session(bench.io, port);
    const std::string session = co_await std::move(making);
    auto talking = talk(bench, port, session, kConversation / 2);
    co_await std::move(talking);
    Page page(bench.io, port);
    auto opening = page.open(session);
    co_await std::move(opening);
    TurnDelays delays;
    for (int number = 0; number < std::max(bench.runs, 30); ++number) {
        // What follows a reply (title, summary) is over by then.
        auto resting = pause(20ms);
        co_await std::move(resting);
        bench.upstream.forget_arrivals();
        const std::string words = fmt::format("measured message {}.", number);
        auto saying = page.say(session, words);
        const TurnSeen turn = co_await std::move(saying);
        const TokenMeter meter = turn.tokens(kShortReply.tokens);
        delays.add(turn, bench.upstream.arrival_with(words));
    }
    auto stopping = server.program.stop();
    co_await std::move(stopping);
    co_return delays;
}

// The same client and upstream with nothing between: a request of `size` bytes, and how long until
// it is there.
async::Task<Samples> own_share(ServerBench bench, std::size_t size) {
    Samples delays;
    for (int number = 0; number < bench.runs; ++number) {
        bench.upstream.forget_arrivals();
        std::string body = fmt::format("direct {}.", number);
        const std::string words = body;
        body.resize(std::max(size, body.size()), ' ');
        const Time sent = now();
        auto asking = ask(bench.io, bench.upstream.port(),
                          fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                                      "Connection: close\r\nContent-Length: {}\r\n\r\n{}",
                                      body.size(), body));
        co_await std::move(asking);
        delays.add(ms_between(sent, bench.upstream.arrival_with(words).at));
    }
    co_return delays;
}

async::Task<void> one_stream(ServerBench bench, int port, std::string session,
                             std::vector<TurnSeen>& seen) {
    Page page(bench.io, port);
    auto opening = page.open(session);
    co_await std::move(opening);
    auto saying = page.say(session, "a long story, please");
    TurnSeen turn = co_await std::move(saying);
    seen.push_back(std::move(turn));
}

async::Task<void> measure_fifty(ServerBench bench, const Program& program, int port) {
    std::vector<async::Task<void>> streams;
    std::vector<TurnSeen> seen;
    for (int number = 0; number < kStreams; ++number) {
        auto making = new_session(bench.io, port);
        const std::string session = co_await std::move(making);
        streams.push_back(one_stream(bench, port, session, seen));
    }
    bench.upstream.forget_lateness();
    const Time began = now();
    const double cpu = program.cpu_seconds();
    auto streaming = all_of(std::move(streams));
    co_await std::move(streaming);
    const double share = (program.cpu_seconds() - cpu) / (ms_between(began, now()) / 1000);
    TokenMeter all;
    int missing = 0;
    for (const TurnSeen& turn : seen) {
        TokenMeter meter;
        for (const Piece& piece : turn.pieces) meter.feed(piece.text, piece.at);
        missing += kStreamedReply.tokens - meter.tokens + (turn.state == "done" ? 0 : 1);
        all.late_ms.add(meter.late_ms);
        all.added_ms.add(meter.added_ms);
    }
    bench.report.add({"fifty_streams_late_ms", "50 streams of 60 tokens/s: lateness, p99", "ms",
                      all.late_ms.at(0.99), 50});
    bench.report.add({"fifty_streams_missing", "  tokens missing or turns failed", "",
                      static_cast<double>(missing), 0});
    bench.report.add({"fifty_streams_cpu", "  processor time of the server", "cores", share, {}});
    bench.report.detail("fifty_streams_late_ms", all.late_ms.summary());
    bench.report.detail("fifty_streams_added_ms", all.added_ms.summary());
    bench.report.detail("fifty_streams_own_lateness_ms", bench.upstream.own_lateness().summary());
}

async::Task<void> fill(ServerBench bench, fs::path home) {
    Program program(bench.io, launch_of(bench, home));
    auto starting = program.ready_port();
    const int port = co_await std::move(starting);
    bench.upstream.plan(kShortReply);
    constexpr int kEach = 200;
    for (int have = 0; have < bench.messages; have += kEach * 10) {
        std::vector<async::Task<void>> talks;
        for (int i = 0; i < 10 && have + i * kEach < bench.messages; ++i) {
            auto making = new_session(bench.io, port);
            const std::string session = co_await std::move(making);
            talks.push_back(talk(bench, port, session, kEach / 2));
        }
        auto talking = all_of(std::move(talks));
        co_await std::move(talking);
        bench.upstream.forget_arrivals();
    }
    auto stopping = program.stop();
    co_await std::move(stopping);
}

}  // namespace

async::Task<void> measure_size(ServerBench bench) {
    step("size: binary, memory, sockets");
    bench.report.add({"binary_mb", "binary, stripped", "MB",
                      static_cast<double>(fs::file_size(bench.program)) / 1e6, 12});
    Running server(bench, bench.disk);
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    auto loading = Page::load_files(bench.io, port);
    co_await std::move(loading);
    Page page(bench.io, port);
    auto opening = page.open("");
    co_await std::move(opening);
    auto settling = pause(2s);
    co_await std::move(settling);
    const Memory idle = server.program.memory();
    bench.report.add({"idle_rss_mb", "idle with a page open: resident", "MB", idle.rss, 22});
    bench.report.add({"idle_dirty_mb", "  of which private dirty", "MB", idle.private_dirty, 6});

    std::vector<std::unique_ptr<Page>> sockets;
    for (int number = 0; number < kIdleSockets; ++number) {
        sockets.push_back(std::make_unique<Page>(bench.io, port));
        auto greeting = sockets.back()->open("");
        co_await std::move(greeting);
    }
    auto resting = pause(2s);
    co_await std::move(resting);
    const Memory full = server.program.memory();
    bench.report.add({"idle_socket_kb", "500 idle sockets: resident, each", "KB",
                      (full.rss - idle.rss) * 1000 / kIdleSockets, 20});
    sockets.clear();
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

async::Task<void> measure_turns(ServerBench bench) {
    step("turns: data on the disk");
    auto on_disk = turn_delays(bench, bench.disk);
    const TurnDelays disk = co_await std::move(on_disk);
    auto sharing = own_share(bench, disk.request_bytes);
    const Samples own = co_await std::move(sharing);
    const Samples sync = sync_cost(bench.disk);
    bench.report.detail("post_to_upstream_disk_ms", disk.summary());
    bench.report.detail("sync_ms", sync.summary());
    bench.report.detail("bench_to_upstream_directly_ms", own.summary());
    if (bench.memory.empty()) {
        const std::string why = "no folder in memory here, so the sync cannot be taken out";
        bench.report.add({"post_to_upstream_p50_ms",
                          "message posted to request leaving, p50",
                          "ms",
                          {},
                          1.5,
                          Bound::at_most,
                          why});
    } else {
        step("turns: data in memory, so that a sync costs nothing");
        auto in_memory = turn_delays(bench, bench.memory);
        const TurnDelays memory = co_await std::move(in_memory);
        bench.report.detail("post_to_upstream_ms", memory.summary());
        bench.report.add({"post_to_upstream_p50_ms", "message posted to request leaving, p50", "ms",
                          memory.arrived.at(0.5), 1.5});
        bench.report.add({"post_to_upstream_p95_ms", "  p95", "ms", memory.arrived.at(0.95), 5});
    }
    bench.report.add({"post_to_upstream_disk_p50_ms",
                      "  with syncs to the disk, p50",
                      "ms",
                      disk.arrived.at(0.5),
                      {}});
    bench.report.add({"post_to_upstream_disk_p95_ms",
                      "  with syncs to the disk, p95",
                      "ms",
                      disk.arrived.at(0.95),
                      {}});
    bench.report.add(
        {"sync_p50_ms", "  one sync of 4 KB on that disk, p50", "ms", sync.at(0.5), {}});
}

async::Task<void> measure_streams(ServerBench bench) {
    step("streams: one, then fifty");
    Running server(bench, bench.disk);
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    auto making = new_session(bench.io, port);
    const std::string session = co_await std::move(making);
    Page page(bench.io, port);
    auto opening = page.open(session);
    co_await std::move(opening);
    bench.upstream.plan(kStreamedReply);
    bench.upstream.forget_lateness();
    Samples added;
    for (int number = 0; number < std::max(5, bench.runs / 3); ++number) {
        auto saying = page.say(session, "a story, please");
        const TurnSeen turn = co_await std::move(saying);
        added.add(turn.tokens(kStreamedReply.tokens).added_ms);
    }
    bench.report.add(
        {"added_per_token_ms", "added delay per streamed token, p50", "ms", added.at(0.5), 0.3});
    bench.report.add({"added_per_token_p99_ms", "  p99", "ms", added.at(0.99), {}});
    bench.report.detail("added_per_token_ms", added.summary());
    auto fifty = measure_fifty(bench, server.program, port);
    co_await std::move(fifty);
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

async::Task<void> measure_start(ServerBench bench) {
    step(fmt::format("start: filling a database with {} messages", bench.messages), 900);
    const Folder home(bench.disk);
    auto filling = fill(bench, home.path());
    co_await std::move(filling);
    step("start");
    Samples ready;
    for (int number = 0; number < bench.runs; ++number) {
        Program program(bench.io, launch_of(bench, home.path()));
        auto starting = program.ready_port();
        const int port = co_await std::move(starting);
        auto asking = ask_get(bench.io, port, "/readyz");
        const std::string answer = co_await std::move(asking);
        ready.add(ms_between(program.started(), now()));
        if (!answer.starts_with("HTTP/1.1 200")) throw Failure("not ready: " + answer);
        auto stopping = program.stop();
        co_await std::move(stopping);
    }
    bench.report.add({"start_to_ready_ms",
                      fmt::format("start to /readyz with {} messages, p50", bench.messages), "ms",
                      ready.at(0.5), 60});
    bench.report.add({"start_to_ready_p95_ms", "  p95", "ms", ready.at(0.95), {}});
    bench.report.detail("start_to_ready_ms", ready.summary());
}

}  // namespace bench

#include "openclaw_peer.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fmt/core.h>
#include <boost/asio/ip/tcp.hpp>

namespace bench {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kStarts = 3;  // a start takes long enough to need no more
constexpr const char* kToken = "bench";

int free_port(boost::asio::io_context& io) {
    using boost::asio::ip::tcp;
    const tcp::acceptor probe(io, {boost::asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

// The node program that `node` in PATH stands for; a wrapper would be measured with it.
std::string find_node() {
    const char* path = std::getenv("LOCI_BENCH_NODE");
    if (path == nullptr) throw Failure("LOCI_BENCH_NODE names no node program");
    return path;
}

json::Object provider(int upstream_port) {
    json::Object model;
    model["id"] = "bench";
    model["name"] = "bench";
    model["contextWindow"] = 200'000;
    model["maxTokens"] = 4'096;
    model["reasoning"] = false;
    model["input"] = json::Array{"text"};
    json::Object provider;
    provider["baseUrl"] = fmt::format("http://127.0.0.1:{}/v1", upstream_port);
    provider["apiKey"] = "none-needed";
    provider["api"] = "openai-completions";
    provider["models"] = json::Array{model};
    return provider;
}

void write_config(const fs::path& home, int port, int upstream_port) {
    json::Object auth;
    auth["mode"] = "token";
    auth["token"] = kToken;
    json::Object gateway;
    gateway["mode"] = "local";
    gateway["bind"] = "loopback";
    gateway["port"] = port;
    gateway["auth"] = auth;
    json::Object providers;
    providers["bench"] = provider(upstream_port);
    json::Object models;
    models["providers"] = providers;
    json::Object model;
    model["primary"] = "bench/bench";
    json::Object defaults;
    defaults["model"] = model;
    defaults["workspace"] = (home / "workspace").string();
    json::Object agents;
    agents["defaults"] = defaults;
    json::Object config;
    config["gateway"] = gateway;
    config["models"] = models;
    config["agents"] = agents;
    std::ofstream(home / "openclaw.json") << json::write_pretty(config);
}

Launch launch_of(const std::string& folder, const fs::path& home) {
    const std::string node = find_node();
    Launch launch;
    launch.program = node;
    launch.arguments = {folder + "/node_modules/openclaw/openclaw.mjs", "gateway"};
    launch.environment = {
        "HOME=" + home.string(),
        fmt::format("PATH={}:/usr/bin:/bin", fs::path(node).parent_path().string()),
        "OPENCLAW_STATE_DIR=" + (home / "state").string(),
        "OPENCLAW_CONFIG_PATH=" + (home / "openclaw.json").string(),
    };
    launch.output = Output::drop;
    return launch;
}

async::Task<void> wait_ready(boost::asio::io_context& io, const Program& program, int port) {
    constexpr double kPatienceMs = 120'000;
    while (ms_between(program.started(), now()) < kPatienceMs) {
        try {
            auto asking = ask_get(io, port, "/readyz");
            const std::string answer = co_await std::move(asking);
            if (answer.starts_with("HTTP/1.1 200")) co_return;
        } catch (const std::exception&) {
            // Nobody listens yet.
        }
        auto resting = pause(50ms);
        co_await std::move(resting);
    }
    throw Failure("OpenClaw did not get ready: " + program.last_words());
}

// A client of its gateway protocol, version 4.
class Gateway {
public:
    Gateway(boost::asio::io_context& io, int port) : socket_(io, port) {}

    async::Task<void> connect() {
        auto opening = socket_.open("/");
        co_await std::move(opening);
        json::Object client;
        client["id"] = "gateway-client";
        client["version"] = "1.0.0";
        client["platform"] = "linux";
        client["mode"] = "backend";
        json::Object auth;
        auth["token"] = kToken;
        json::Object params;
        params["minProtocol"] = 4;
        params["maxProtocol"] = 4;
        params["client"] = client;
        params["role"] = "operator";
        params["scopes"] = json::Array{"operator.read", "operator.write", "operator.admin"};
        params["auth"] = auth;
        auto asking = request("connect", params);
        co_await std::move(asking);
        std::string type;
        while (type != "res") {
            auto reading = next();
            const Seen seen = co_await std::move(reading);
            type = seen.type;
        }
    }

    async::Task<TurnSeen> say(std::string text) {
        json::Object params;
        params["sessionKey"] = "agent:main:main";
        params["message"] = text;
        params["idempotencyKey"] = fmt::format("bench-{}", ++count_);
        TurnSeen turn;
        turn.sent = now();
        auto asking = request("chat.send", params);
        co_await std::move(asking);
        while (turn.state.empty()) {
            auto reading = next();
            const Seen seen = co_await std::move(reading);
            if (json::string_or(json::find(seen.event, "event")) != "chat") continue;
            const std::string state = json::string_or(json::find_path(seen.event, "payload.state"));
            if (state == "delta") {
                turn.pieces.push_back(
                    {seen.at, json::string_or(json::find_path(seen.event, "payload.deltaText"))});
            } else if (state == "final") {
                turn.ended = seen.at;
                turn.state = "done";
            } else if (state == "error" || state == "aborted") {
                throw Failure("OpenClaw's turn ended: " + json::write(seen.event));
            }
        }
        co_return turn;
    }

private:
    async::Task<void> request(std::string method, json::Object params) {
        json::Object frame;
        frame["type"] = "req";
        frame["id"] = fmt::format("{}", ++count_);
        frame["method"] = method;
        frame["params"] = std::move(params);
        auto sending = socket_.send(http::testing::Opcode::text, json::write(frame));
        const bool sent = co_await std::move(sending);
        if (!sent) throw Failure("OpenClaw is gone");
    }

    async::Task<Seen> next() {
        http::testing::Frame frame;
        bool text = false;
        while (!text) {
            auto reading = socket_.read();
            frame = co_await std::move(reading);
            if (frame.ended || frame.opcode == http::testing::Opcode::close) {
                throw Failure("OpenClaw closed the socket: " + frame.payload);
            }
            if (frame.opcode == http::testing::Opcode::ping) {
                auto answering = socket_.send(http::testing::Opcode::pong, frame.payload);
                co_await std::move(answering);
            }
            text = frame.opcode == http::testing::Opcode::text;
        }
        Seen seen;
        seen.at = now();
        auto event = json::parse(frame.payload);
        if (!event) throw Failure("OpenClaw sent no JSON: " + event.error().text());
        seen.event = std::move(*event);
        seen.type = json::string_or(json::find(seen.event, "type"));
        const bool refused =
            seen.type == "res" && !json::bool_or(json::find(seen.event, "ok"), false);
        if (refused) throw Failure("OpenClaw refused: " + frame.payload);
        co_return seen;
    }

    http::testing::SocketClient socket_;
    int count_ = 0;
};

async::Task<void> measure_conversation(ServerBench bench, Gateway& gateway) {
    step("OpenClaw: a conversation of 200 messages", 900);
    bench.upstream.plan(kShortReply);
    for (int number = 0; number < kConversation / 2; ++number) {
        auto saying = gateway.say(fmt::format(
            "message {} of an ordinary length, about the weather, the garden and the cat", number));
        co_await std::move(saying);
    }
    step("OpenClaw: turns and tokens", 900);
    Samples delays;
    for (int number = 0; number < bench.runs; ++number) {
        auto resting = pause(20ms);
        co_await std::move(resting);
        bench.upstream.forget_arrivals();
        const std::string words = fmt::format("measured message {}.", number);
        auto saying = gateway.say(words);
        const TurnSeen turn = co_await std::move(saying);
        delays.add(ms_between(turn.sent, bench.upstream.arrival_with(words).at));
    }
    bench.upstream.plan(kStreamedReply);
    Samples added;
    for (int number = 0; number < 5; ++number) {
        auto saying = gateway.say("a story, please");
        const TurnSeen turn = co_await std::move(saying);
        added.add(turn.tokens(kStreamedReply.tokens).added_ms);
    }
    bench.report.add_peer("post_to_upstream_disk_p50_ms", delays.at(0.5));
    bench.report.add_peer("post_to_upstream_disk_p95_ms", delays.at(0.95));
    bench.report.add_peer("added_per_token_ms", added.at(0.5));
    bench.report.add_peer("added_per_token_p99_ms", added.at(0.99));
    bench.report.detail("openclaw_post_to_upstream_ms", delays.summary());
    bench.report.detail("openclaw_added_per_token_ms", added.summary());
}

}  // namespace

async::Task<void> measure_openclaw(ServerBench bench, std::string folder) {
    step("OpenClaw: start");
    bench.report.name_peer("OpenClaw");
    const Folder home(bench.disk);
    const int port = free_port(bench.io);
    write_config(home.path(), port, bench.upstream.port());
    Samples ready;
    for (int number = 0; number < kStarts; ++number) {
        Program program(bench.io, launch_of(folder, home.path()));
        auto waiting = wait_ready(bench.io, program, port);
        co_await std::move(waiting);
        ready.add(ms_between(program.started(), now()));
        if (number + 1 < kStarts) {
            auto stopping = program.stop();
            co_await std::move(stopping);
            continue;
        }
        Gateway gateway(bench.io, port);
        auto connecting = gateway.connect();
        co_await std::move(connecting);
        auto settling = pause(10s);
        co_await std::move(settling);
        const Memory memory = program.memory_with_children();
        bench.report.add_peer("idle_rss_mb", memory.rss);
        bench.report.add_peer("idle_dirty_mb", memory.private_dirty);
        auto talking = measure_conversation(bench, gateway);
        co_await std::move(talking);
        auto stopping = program.stop();
        co_await std::move(stopping);
    }
    bench.report.add_peer("start_to_ready_ms", ready.at(0.5));
    bench.report.detail("openclaw_start_to_ready_ms", ready.summary());
}

}  // namespace bench

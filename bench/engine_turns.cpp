#include "engine_turns.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "rig/loci_server.hpp"
#include "rig/page.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

// Things that no reflex answers, each a few tokens long.
constexpr std::array kTopics = {"an old lighthouse", "the smell of rain", "a lost umbrella",
                                "my first bicycle",  "a quiet library",   "bread and butter",
                                "a red kite",        "the night train",   "an apple tree",
                                "a long letter"};

// Begins with a number of its own, so that no earlier message's words are found in the cache.
std::string message_about(int number) {
    return fmt::format("{}. One sentence about {}, please.", 101 + number * 7,
                       kTopics[static_cast<std::size_t>(number) % kTopics.size()]);
}

LociPlaces places_of(const EngineBench& bench) {
    return {bench.server, bench.cache, bench.folder};
}

const json::Value* detail_of(const TurnSeen& turn) {
    return json::find(turn.message, "detail");
}

long long detail_number(const TurnSeen& turn, std::string_view key) {
    const auto* detail = detail_of(turn);
    return detail == nullptr ? -1 : json::int_or(json::find(*detail, key), -1);
}

std::string source_of(const TurnSeen& turn) {
    const auto* detail = detail_of(turn);
    return detail == nullptr ? "" : json::string_or(json::find(*detail, "source"));
}

// The first turn loads the model; it is not part of what is measured.
async::Task<int> start_warm(EngineBench bench, LociServer& server) {
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    Page page(bench.io, port);
    auto opening = page.open("");
    co_await std::move(opening);
    auto saying = page.say("", message_about(9));
    const TurnSeen turn = co_await std::move(saying);
    if (turn.state != "done") {
        throw Failure("the first turn ended as " + turn.state + ": " + json::write(turn.message));
    }
    co_return port;
}

struct FirstTokens {
    Samples ms;
    Samples new_tokens;
    Samples extra;  // decoded beyond the new ones

    void add(const EngineBench& bench, const TurnSeen& turn, const std::string& text) {
        if (turn.pieces.empty() || source_of(turn) == "reflex") {
            throw Failure("a turn was not answered by the model: " + json::write(turn.message));
        }
        const int added = bench.tokens_of_turn(text);
        const auto decoded =
            detail_number(turn, "prompt_tokens") - detail_number(turn, "cached_tokens");
        ms.add(ms_between(turn.sent, turn.pieces.front().at));
        new_tokens.add(added);
        extra.add(static_cast<double>(decoded - added));
    }
};

void report_first_tokens(Report& report, const std::string& key, const std::string& what,
                         const FirstTokens& seen) {
    report.add({key + "_ms", what + ": first token, p50", "ms", seen.ms.at(0.5), 150});
    report.add(
        {key + "_extra", "  decoded beyond the new tokens, most", "tokens", seen.extra.at(1), 8,
         Bound::at_most,
         fmt::format("new: {:.0f} to {:.0f}", seen.new_tokens.at(0), seen.new_tokens.at(1))});
    report.detail(key + "_ms", seen.ms.summary());
    report.detail(key + "_extra", seen.extra.summary());
}

}  // namespace

async::Task<void> measure_first_token(EngineBench bench) {
    step("first token", 900);
    LociServer server(bench.io, places_of(bench));
    auto starting = start_warm(bench, server);
    const int port = co_await std::move(starting);
    FirstTokens fresh;
    FirstTokens following;
    for (int number = 0; number < bench.runs; ++number) {
        auto making = new_session(bench.io, port);
        const std::string session = co_await std::move(making);
        Page page(bench.io, port);
        auto opening = page.open(session);
        co_await std::move(opening);
        const std::string first = message_about(number);
        auto beginning = page.say(session, first);
        const TurnSeen one = co_await std::move(beginning);
        fresh.add(bench, one, first);
        // The title of the new conversation is made now and then; wait until the engine is idle.
        auto resting = pause(200ms);
        co_await std::move(resting);
        const std::string second = message_about(number + 1);
        auto going_on = page.say(session, second);
        const TurnSeen two = co_await std::move(going_on);
        following.add(bench, two, second);
    }
    report_first_tokens(bench.report, "new_conversation", "new conversation", fresh);
    report_first_tokens(bench.report, "next_turn", "next turn", following);
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

async::Task<void> measure_reflex(EngineBench bench) {
    step("reflexes");
    // None stands word for word among the authored examples: each needs its embedding.
    constexpr std::array kQuestions = {"Please tell me what time it is now",
                                       "hello there, good day", "what date have we got today",
                                       "hey, how are you doing"};
    LociServer server(bench.io, places_of(bench));
    auto starting = start_warm(bench, server);
    const int port = co_await std::move(starting);
    auto making = new_session(bench.io, port);
    const std::string session = co_await std::move(making);
    Page page(bench.io, port);
    auto opening = page.open(session);
    co_await std::move(opening);
    Samples delays;
    for (int number = 0; number < std::max(bench.runs, 30) + 1; ++number) {
        const std::string text = kQuestions[static_cast<std::size_t>(number) % kQuestions.size()];
        auto saying = page.say(session, text);
        const TurnSeen turn = co_await std::move(saying);
        if (source_of(turn) != "reflex") {
            throw Failure("\"" + text + "\" was no reflex: " + json::write(turn.message));
        }
        if (number > 0) delays.add(ms_between(turn.sent, turn.ended));
    }
    bench.report.add({"reflex_ms", "answer by reflex, p50", "ms", delays.at(0.5), 25});
    bench.report.add({"reflex_p95_ms", "  p95", "ms", delays.at(0.95), {}});
    bench.report.detail("reflex_ms", delays.summary());
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

async::Task<void> measure_crash(EngineBench bench) {
    step("crash of the engine", 600);
    // A server each: one engine that keeps crashing is started again after growing pauses.
    constexpr int kCrashes = 5;
    Samples accepted;
    Samples answered;
    for (int number = 0; number < kCrashes; ++number) {
        LociServer server(bench.io, places_of(bench));
        auto starting = start_warm(bench, server);
        const int port = co_await std::move(starting);
        const auto engines = descendants(server.program.pid());
        if (engines.empty()) throw Failure("no engine runs below the server");
        Page page(bench.io, port);
        auto opening = page.open("");
        co_await std::move(opening);
        const Time crashed = now();
        for (const int pid : engines) kill(pid, SIGKILL);
        std::string state;
        TurnSeen turn;
        while (state != "done") {
            auto saying = page.say("", message_about(number));
            turn = co_await std::move(saying);
            state = turn.state;
        }
        accepted.add(ms_between(crashed, turn.accepted));
        answered.add(ms_between(crashed, turn.pieces.empty() ? turn.ended : turn.pieces[0].at));
        auto stopping = server.program.stop();
        co_await std::move(stopping);
    }
    bench.report.add({"crash_ms", "engine killed to first token of the next turn, worst", "ms",
                      answered.at(1), 2'000});
    bench.report.detail("crash_to_accepted_ms", accepted.summary());
    bench.report.detail("crash_to_first_token_ms", answered.summary());
}

}  // namespace bench

#include "voice_server.hpp"

#include <utility>

#include <fmt/core.h>

#include "rig/loci_server.hpp"
#include "rig/talking_page.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

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
    TurnFigures pressed;
    TurnFigures by_itself;
};

constexpr Patience kPatience{25'000, 500};

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
        auto listening = hear_answer(page, kPatience, heard.pressed);
        co_await std::move(listening);
        if (!page.turn.first_sound) continue;
        heard.by_hand.add(ms_between(released, *page.turn.first_sound));
        for (const auto& [name, ms] : page.turn.stages) heard.pressed.stages[name].add(ms);
    }
}

async::Task<void> end_by_itself(TalkingPage& page, const VoiceServerBench& bench, Heard& heard) {
    for (std::size_t i = 0; i < bench.lines.size(); ++i) {
        auto speaking =
            speak_line(page, bench.lines[i], static_cast<int>(i), kPatience, heard.by_itself);
        co_await std::move(speaking);
    }
}

async::Task<void> converse(TalkingPage& page, const VoiceServerBench& bench, bool by_hand,
                           Heard& heard) {
    auto waking = wake(page);
    co_await std::move(waking);
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

}  // namespace

async::Task<void> wake(TalkingPage& page) {
    page.turn = {};
    auto waking = page.send(command("voice.wake"));
    co_await std::move(waking);
    auto greeting = page.wait(60'000, [&] { return page.turn.done.has_value(); });
    co_await std::move(greeting);
    if (!page.turn.done) throw Failure("the companion did not say hello");
}

async::Task<void> measure_through_server(VoiceServerBench bench) {
    step("speech through the server", 60 + 30 * static_cast<unsigned>(bench.lines.size()));
    LociServer server(bench.io, {bench.server, bench.cache, bench.folder});
    auto starting = server.program.ready_port();
    const int port = co_await std::move(starting);
    Heard heard;
    for (const bool by_hand : {true, false}) {
        auto measuring = measure_page(bench, port, by_hand, heard);
        co_await std::move(measuring);
    }
    add_delay(bench.report, "server_commit_to_first_sound",
              "whole server: commit by hand → first sound", heard.by_hand, {.p50 = 420});
    bench.report.add(
        {"server_commit_unanswered", "  turns without a sound", "", heard.pressed.unanswered, {}});
    add_stages(bench.report, "server_commit_", heard.pressed);
    add_turns(bench.report, "server_", "whole server: ", heard.by_itself,
              Targets::of_one_conversation);
    auto stopping = server.program.stop();
    co_await std::move(stopping);
}

}  // namespace bench

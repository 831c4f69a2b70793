// What talking with several people at once costs each of them: spoken conversations that share one
// engine, against one alone; and what the setting of eagerness buys and costs.
#include <array>

#include <fmt/core.h>

#include "voice_speaker.hpp"

namespace bench {
namespace {

constexpr int kSessions = 4;

}  // namespace

void measure_sessions(Chain& bench, Report& report) {
    const auto lines = lines_of(bench);
    const auto patience = static_cast<unsigned>(lines.size()) * 20 + 120;
    step("one conversation", patience);
    add_turns(report, "one_session_", "one conversation: ", turns_of_speakers(bench, lines, 1),
              Targets::none);
    step(fmt::format("{} conversations at once", kSessions), patience);
    add_turns(report, "four_sessions_", fmt::format("{} at once: ", kSessions),
              turns_of_speakers(bench, lines, kSessions), Targets::none);
}

void measure_curve(Chain& bench, Report& report) {
    struct Setting {
        const char* name;
        voice::Eagerness eagerness;
    };
    constexpr std::array kSettings = {
        Setting{"low", voice::Eagerness::low}, Setting{"medium", voice::Eagerness::medium},
        Setting{"high", voice::Eagerness::high}, Setting{"auto", voice::Eagerness::automatic}};
    const auto lines = lines_of(bench);
    const auto asked = bench.wishes().eagerness;
    for (const auto& setting : kSettings) {
        if (bench.wishes().one_eagerness && setting.eagerness != asked) continue;
        step(fmt::format("eagerness {}", setting.name),
             static_cast<unsigned>(lines.size()) * 25 + 120);
        bench.be_eager(setting.eagerness);
        add_turns(report, fmt::format("eagerness_{}_", setting.name),
                  fmt::format("{}: ", setting.name), turns_of_speakers(bench, lines, 1),
                  Targets::none);
    }
    bench.be_eager(asked);
}

}  // namespace bench

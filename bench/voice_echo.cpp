// A spoken conversation with a loudspeaker that the microphone hears, 80 ms later at -15 dB and
// through a room of 0.3 s: how often does the companion interrupt itself, and is a person who talks
// over it still heard?
#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "rig/program.hpp"
#include "voice/testing/echoing_client.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

constexpr std::array<std::string_view, 4> kStories = {
    "The small workshop stood at the end of a narrow street, and every morning its owner opened "
    "the green door before the baker had lit his oven. He repaired clocks, and people came from "
    "far away to have him look at the ones they had inherited.",
    "Rain falls when the air cannot hold its water any longer. Small drops meet and grow heavy, "
    "and gravity does the rest. In winter the same drops freeze on their way, and we call them "
    "snow, sleet, or hail. None of it is ever really lost.",
    "To bake a good bread you need flour, water, salt and patience. Mix them, let the dough rest "
    "overnight, and fold it twice in the morning. Heat the oven well, put the loaf in, and wait "
    "until the kitchen smells of crust. Then let it cool, if you can.",
    "The harbour lies quiet in the morning. Small boats wait along the wall. A baker opens his "
    "shop and the smell of bread fills the street. Children walk to school and talk about the "
    "weekend. Later the market begins and people meet there."};

// The direct sound, and noise that loses 60 dB in 0.3 s, 9 dB below it in all.
std::vector<voice::testing::EchoingClient::Reflection> living_room() {
    std::mt19937 random(5);
    std::normal_distribution<float> noise(0.0F, 1.0F);
    std::vector<voice::testing::EchoingClient::Reflection> room{{1'280, 0.178F}};
    double power = 0;
    for (std::size_t i = 40; i < 2'400; ++i) {
        const float fading = std::pow(10.0F, -3.0F * static_cast<float>(i) / 4'800.0F);
        room.push_back({1'280 + i, fading * noise(random)});
        power += std::pow(static_cast<double>(room.back().gain), 2);
    }
    const auto scale = static_cast<float>(0.063 / std::sqrt(power));
    for (std::size_t i = 1; i < room.size(); ++i) room[i].gain *= scale;
    return room;
}

struct Triggers {
    int pauses = 0, cancels = 0, turns = 0, errors = 0, not_begun = 0;
    double minutes = 0;  // in which the companion spoke
};

class Echoing {
public:
    Echoing(Chain& bench, bool cancelled) : bench_(bench) {
        client_.room = living_room();
        client_.on_report = [this](voice::ResponseId response, voice::Time heard) {
            bench_.talk_->played(response, heard);
        };
        bench_.in_room = [this](std::span<const float> near) {
            if (client_.sounds()) triggers.minutes += static_cast<double>(near.size()) / 960'000;
            return client_.live(near);
        };
        bench_.also = [this](const event::Any& what) { obey(what); };
        auto settings = bench_.settings(voice::TurnMode::semantic_vad);
        settings.reports_playback = true;
        settings.cancels_echo = cancelled;
        bench_.open(settings, 16'000);
    }
    ~Echoing() {
        bench_.close();
        bench_.in_room = {};
        bench_.also = {};
    }
    Echoing(const Echoing&) = delete;
    Echoing& operator=(const Echoing&) = delete;

    [[nodiscard]] bool tell(std::size_t story) {
        bench_.answer_.text = kStories[story % kStories.size()];
        bench_.turn = {};
        if (!bench_.talk_->respond({})) return false;
        bench_.quiet_until(3'000, [&] { return bench_.turn.first_sound.has_value(); });
        return bench_.turn.first_sound.has_value();
    }
    void tell_for(double minutes) {
        // A companion that keeps interrupting itself says little in a minute.
        const auto until = now() + std::chrono::seconds(static_cast<int>(120 * minutes) + 60);
        for (std::size_t story = 0; triggers.minutes < minutes && now() < until; ++story) {
            // It hears itself ask something, and cannot begin.
            if (!tell(story)) ++triggers.not_begun;
            if (bench_.turn.first_sound) {
                bench_.quiet_until(60'000, [&] { return bench_.turn.done.has_value(); });
            }
            bench_.quiet(700);
            bench_.hush();
            bench_.quiet_until(3'000,
                               [&] { return bench_.talk_->state() == event::State::listening; });
        }
    }

    Triggers triggers;

private:
    void obey(const event::Any& what) {
        if (const auto* audio = std::get_if<event::Audio>(&what)) {
            client_.receive(audio->response, audio->pcm);
        } else if (std::holds_alternative<event::Paused>(what)) {
            ++triggers.pauses;
            client_.pause();
        } else if (std::holds_alternative<event::Resumed>(what)) {
            client_.resume();
        } else if (const auto* cancelled = std::get_if<event::Cancelled>(&what)) {
            if (cancelled->cause != event::CancelCause::asked) ++triggers.cancels;
            client_.cancel();
        } else if (std::holds_alternative<event::Committed>(what)) {
            ++triggers.turns;
        } else if (std::holds_alternative<event::Failure>(what)) {
            ++triggers.errors;
        }
    }

    Chain& bench_;
    voice::testing::EchoingClient client_;
};

void add(Report& report, const std::string& name, const char* what, const Triggers& triggers,
         std::optional<double> target) {
    const double each = 10.0 / std::max(0.1, triggers.minutes);
    report.add({name, fmt::format("{}, paused by itself", what), "/ 10 min", triggers.pauses * each,
                target});
    report.add(
        {name + "_cancels", "  cut off by itself", "/ 10 min", triggers.cancels * each, target});
    report.add({name + "_turns", "  answered itself", "/ 10 min", triggers.turns * each, target});
    report.add({name + "_minutes", "  of its own speech", "min", triggers.minutes, {}});
    report.add({name + "_not_begun", "  replies that could not begin", "", triggers.not_begun, {}});
    report.add({name + "_errors", "  failures", "", triggers.errors, {}});
}

}  // namespace

void measure_echo(Chain& bench, Report& report) {
    const double minutes = bench.wishes().minutes;
    step("echo", static_cast<unsigned>(150 * minutes) + 600);
    {
        Echoing echoing(bench, true);
        echoing.tell_for(minutes);
        add(report, "echo", "echo taken out", echoing.triggers, 0);
        Samples paused;
        const int before = echoing.triggers.cancels;
        int all = 0;
        for (int i = 0; i < 12; ++i) {
            const auto at = static_cast<std::size_t>(i);
            // The words of the interruption before were answered, too.
            bench.quiet_until(6'000, [&] {
                static_cast<void>(bench.talk_->cancel(std::nullopt));
                return bench.talk_->state() == event::State::listening;
            });
            bench.quiet(700);
            if (!echoing.tell(at)) continue;
            ++all;
            bench.quiet(2'500 + 150 * (i % 5));
            bench.turn.paused.reset();
            const auto sound = Chain::trimmed(bench.say(kInterrupting[at % kInterrupting.size()]));
            const auto onset = now();
            bench.hear(sound);
            bench.quiet(800);
            if (bench.turn.paused) paused.add(ms_between(onset, *bench.turn.paused));
        }
        const int stopped = echoing.triggers.cancels - before;
        const double percent = 100.0 / std::max(1, all);
        report.add({"echo_interruptions", "interruptions over echo", "", all, {}});
        report.add({"echo_not_paused_percent", "  that did not pause it", "%",
                    percent * (all - static_cast<int>(paused.size())), 10});
        report.add({"echo_kept_talking_percent",
                    "  that did not stop it",
                    "%",
                    percent * (all - stopped),
                    {}});
        if (paused.size() > 0) {
            report.add({"echo_onset_to_pause_p95_ms", "interrupting speech over echo → paused, p95",
                        "ms", paused.at(0.95), 250});
            report.detail("echo_onset_to_pause", paused.summary());
        }
    }
    Echoing left_in(bench, false);
    left_in.tell_for(std::min(2.0, minutes));
    add(report, "echo_left_in", "echo left in", left_in.triggers, {});
}

}  // namespace bench

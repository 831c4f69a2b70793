#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rig/room_noise.hpp"
#include "voice/wake_phrase.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

struct Way {
    std::string_view phrase;
    const char* model;  // empty: the recogniser measures how well the phrase fits
};
// No constant was tuned on the longer one, for who is not heard well with the first.
constexpr std::array<Way, 4> kWays = {{{"Hey Nook", ""},
                                       {"Hey Nook", "hey-nook"},
                                       {"Good evening little Nook", ""},
                                       {"Hey Jarvis", "hey-jarvis"}}};
// Of speech in the room, in dB.
constexpr std::array<double, 3> kSignalToNoise = {40, 20, 10};
constexpr std::array<std::string_view, 6> kAfterThePhrase = {
    "",
    " What time is it?",
    " Please turn the lights off in the kitchen.",
    " Tell me something funny.",
    " Are you there?",
    " Good morning.",
};
// Near enough to the phrase to be taken for it by a careless ear.
constexpr std::array<std::string_view, 8> kNearMisses = {
    "Hey look at this.",  "A new book came today.",
    "They took the bus.", "Hey Luke, come here.",
    "Hey you.",           "The cook is in the kitchen.",
    "Hey, no problem.",   "In a nook of the room.",
};

std::string_view ear_of(const Way& way) {
    return *way.model == 0 ? "recogniser" : "wake model";
}

std::vector<float> in_room(std::vector<float> sound, double signal_to_noise_db, unsigned seed) {
    std::mt19937 random(seed);
    return over_noise(std::move(sound), signal_to_noise_db, random);
}

double minutes_of(const std::vector<float>& sound) {
    return static_cast<double>(sound.size()) / 16'000 / 60;
}

struct Count {
    int said = 0, missed = 0, taken = 0;
    double minutes = 0;  // of what is no call
    json::Array misses, false_accepts;
};

class Sleeper {
public:
    Sleeper(Chain& bench, Way way, std::string voice)
        : bench_(bench), way_(way), voice_(std::move(voice)), wake_(way.phrase) {}

    void called_in(double room) {
        for (const auto& rest : kAfterThePhrase) {
            const auto heard = hear(in_room(
                bench_.say(fmt::format("{}.{}", way_.phrase, rest), voice_), room, ++seed_));
            ++count.said;
            if (woken(heard)) continue;
            ++count.missed;
            count.misses.emplace_back(noted(rest, heard));
        }
    }
    void not_called_in(double room) {
        const auto not_meant = [&](std::string_view text) {
            other(text, in_room(bench_.say(text, voice_), room, ++seed_));
        };
        for (const auto& text : kComplete) not_meant(text);
        for (const auto& parts : kPaused) not_meant(fmt::format("{} {}", parts[0], parts[1]));
        for (const auto& text : kNearMisses) not_meant(text);
    }
    // Noise alone, in utterances of four seconds as the detector of speech might cut it.
    void noise() {
        for (int i = 0; i < 10; ++i) {
            other("noise", in_room(std::vector<float>(64'000, 0.05F), 0, ++seed_));
        }
    }

    Count count;

private:
    ports::Transcript hear(std::vector<float> sound) {
        return bench_.understand(std::move(sound), way_.phrase, way_.model);
    }
    void other(std::string_view what, std::vector<float> sound) {
        count.minutes += minutes_of(sound);
        const auto heard = hear(std::move(sound));
        if (!woken(heard)) return;
        ++count.taken;
        count.false_accepts.emplace_back(noted(what, heard));
    }
    [[nodiscard]] bool woken(const ports::Transcript& heard) const {
        return wake_.match(heard.text, heard.phrase_fit, heard.wake_score).has_value();
    }
    static std::string noted(std::string_view what, const ports::Transcript& heard) {
        return fmt::format("{} → {} ({:.2f})", what, heard.text,
                           heard.wake_score.value_or(heard.phrase_fit.value_or(-1)));
    }

    Chain& bench_;
    Way way_;
    std::string voice_;
    voice::WakePhrase wake_;
    unsigned seed_ = 1;
};

}  // namespace

void measure_wake(Chain& bench, Report& report) {
    json::Array details;
    for (const auto* voice : {"flite", "joe-medium"}) {
        if (bench.say("Hello.", voice).empty()) continue;  // it is not on this machine
        for (const Way& way : kWays) {
            if (!bench.has_wake_model(way.model)) continue;
            Sleeper sleeper(bench, way, voice);
            for (const double room : kSignalToNoise) {
                sleeper.called_in(room);
                sleeper.not_called_in(room);
            }
            sleeper.noise();
            auto& count = sleeper.count;
            const auto key = fmt::format("wake_{}", details.size());
            report.add({key + "_missed_percent",
                        fmt::format("\"{}\" by {}, {}: missed", way.phrase, voice, ear_of(way)),
                        "%",
                        100.0 * count.missed / count.said,
                        {}});
            report.add({.key = key + "_false",
                        .what = "  other speech and noise taken for it",
                        .unit = "",
                        .value = count.taken,
                        .target = {},
                        .note = fmt::format("in {:.1f} minutes", count.minutes)});
            json::Object detail;
            detail["phrase"] = way.phrase;
            detail["heard_by"] = ear_of(way);
            detail["voice"] = voice;
            detail["said"] = count.said;
            detail["minutes_without"] = count.minutes;
            detail["misses"] = std::move(count.misses);
            detail["false"] = std::move(count.false_accepts);
            details.emplace_back(std::move(detail));
        }
    }
    report.detail("wake", std::move(details));
}

}  // namespace bench

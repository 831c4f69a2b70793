#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "voice/wake_phrase.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

// How loud speech is against the noise of the room, in dB.
constexpr std::array<double, 3> kRooms = {40, 20, 10};
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

std::vector<float> in_room(std::vector<float> sound, double signal_to_noise_db, unsigned seed) {
    double energy = 0;
    for (const float sample : sound) energy += static_cast<double>(sample) * sample;
    const double level =
        std::sqrt(energy / static_cast<double>(std::max<std::size_t>(1, sound.size())));
    std::mt19937 random(seed);
    std::normal_distribution<float> noise(
        0.0F, static_cast<float>(level * std::pow(10.0, -signal_to_noise_db / 20)));
    for (auto& sample : sound) sample += noise(random);
    return sound;
}

double minutes_of(const std::vector<float>& sound) {
    return static_cast<double>(sound.size()) / 16'000 / 60;
}

}  // namespace

void measure_wake(Chain& bench, Report& report) {
    constexpr std::string_view kPhrase = "Hey Nook";
    const voice::WakePhrase phrase(kPhrase);
    const auto woken = [&](const ports::Transcript& heard) {
        return phrase.match(heard.text, heard.phrase_fit).has_value();
    };
    const auto noted = [](std::string_view what, const ports::Transcript& heard) {
        return fmt::format("{} → {} ({:.2f})", what, heard.text, heard.phrase_fit.value_or(-1));
    };
    int said = 0;
    int missed = 0;
    int taken = 0;
    double minutes = 0;
    unsigned seed = 1;
    json::Array misses;
    json::Array false_accepts;
    for (const double room : kRooms) {
        for (const auto& rest : kAfterThePhrase) {
            const auto sound =
                in_room(bench.say(fmt::format("{}.{}", kPhrase, rest)), room, ++seed);
            const auto heard = bench.understand(sound, kPhrase);
            ++said;
            if (woken(heard)) continue;
            ++missed;
            misses.emplace_back(noted(rest, heard));
        }
        const auto not_meant = [&](std::string_view text) {
            const auto sound = in_room(bench.say(text), room, ++seed);
            minutes += minutes_of(sound);
            const auto heard = bench.understand(sound, kPhrase);
            if (!woken(heard)) return;
            ++taken;
            false_accepts.emplace_back(noted(text, heard));
        };
        for (const auto& text : kComplete) not_meant(text);
        for (const auto& parts : kPaused)
            not_meant(std::string(parts[0]) + " " + std::string(parts[1]));
        for (const auto& text : kNearMisses) not_meant(text);
    }
    // Noise alone, in utterances of four seconds as the detector of speech might cut it.
    for (int i = 0; i < 30; ++i) {
        const auto sound = in_room(std::vector<float>(64'000, 0.05F), 0, ++seed);
        minutes += minutes_of(sound);
        const auto heard = bench.understand(sound, kPhrase);
        if (!woken(heard)) continue;
        ++taken;
        false_accepts.emplace_back(noted("noise", heard));
    }
    report.add({"wake_missed_percent", "wake phrase missed", "%", 100.0 * missed / said, {}});
    report.add({"wake_false_per_hour",
                "taken for the wake phrase, per hour of speech and noise",
                "/h",
                taken * 60 / minutes,
                {}});
    report.detail("wake_said", said);
    report.detail("wake_minutes_without", minutes);
    report.detail("wake_misses", std::move(misses));
    report.detail("wake_false", std::move(false_accepts));
}

}  // namespace bench

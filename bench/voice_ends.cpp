// How well the end of a turn is told from a pause to think: finished sentences and broken off ones,
// each heard to its last loud sample and then silent. What is measured is the silence that the
// product would wait for, by its own rules and by what the recogniser and the turn detector say;
// not in real time.
#include <algorithm>
#include <array>

#include "ends_set.hpp"
#include "rig/room_noise.hpp"
#include "voice/turn_taker.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

constexpr std::array kVoices = {"flite", "joe-medium"};
constexpr voice::Time kLongest{4'500};  // more than anybody is waited for

struct Judged {
    std::string said, written;
    float ends = 0;     // what the turn detector says
    double surely = 0;  // how sure the recogniser is of the last word
    voice::Time waited{0};
};

// Windows of the detector of speech as they would be for a clean voice.
voice::Time silence_waited_for(std::size_t speech, const Judged& heard) {
    voice::TurnSettings settings;
    settings.mode = voice::TurnMode::semantic_vad;
    voice::TurnTaker taker(settings, voice::Time{0});
    voice::Samples position = 0;
    bool told = false;
    const auto loud_windows = static_cast<voice::Samples>(speech) / voice::kVadWindow;
    for (voice::Samples window = 0;; ++window) {
        const auto now = media::time_of(position + voice::kVadWindow, voice::kHearingHz);
        const auto silence =
            now - media::time_of(loud_windows * voice::kVadWindow, voice::kHearingHz);
        auto decisions = taker.hear({position, window < loud_windows ? 0.99F : 0.01F}, now);
        position += voice::kVadWindow;
        for (std::size_t i = 0; i < decisions.size(); ++i) {
            if (std::holds_alternative<voice::TurnEnded>(decisions[i]) ||
                std::holds_alternative<voice::TurnDropped>(decisions[i])) {
                return silence;
            }
            const auto* soft = std::get_if<voice::SoftEnd>(&decisions[i]);
            if (soft == nullptr || told) continue;
            told = true;
            for (auto more : {taker.end_of_turn({soft->revision, heard.ends}, now),
                              taker.transcript({soft->revision, heard.written,
                                                voice::TranscriptState::final, heard.surely},
                                               now)}) {
                decisions.insert(decisions.end(), more.begin(), more.end());
            }
        }
        if (silence > kLongest) return kLongest;
    }
}

std::vector<Judged> judge(Chain& bench, const char* voice, std::span<const std::string_view> set) {
    std::vector<Judged> judged;
    RoomNoise noise{11};
    for (const auto text : set) {
        const auto speech = Chain::trimmed(bench.say(text, voice));
        if (speech.empty()) return {};
        // The padding before a turn, and the silence of a soft end behind it.
        std::vector<float> sound(4'800, 0.0F);
        sound.insert(sound.end(), speech.begin(), speech.end());
        sound.resize(sound.size() + 1'536, 0.0F);
        noise.add_to(sound);
        Judged one;
        one.said = text;
        const auto ends = run_on(bench.io(), bench.turn_detector().finished(sound, {}));
        one.ends = ends ? *ends : 0.5F;
        const auto heard = bench.understand(std::move(sound), {});
        one.written = heard.text;
        one.surely = heard.words.empty() ? 0 : heard.words.back().confidence;
        one.waited = silence_waited_for(speech.size(), one);
        judged.push_back(std::move(one));
    }
    return judged;
}

double percent_of(const std::vector<Judged>& all, auto holds) {
    return 100.0 * static_cast<double>(std::ranges::count_if(all, holds)) /
           static_cast<double>(all.size());
}

json::Array lines_of(const std::vector<Judged>& all) {
    json::Array lines;
    for (const auto& one : all) {
        json::Object line;
        line["said"] = one.said;
        line["written"] = one.written;
        line["ends"] = static_cast<double>(one.ends);
        line["last_word"] = one.surely;
        line["waited_ms"] = one.waited.count();
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

void measure_ends(Chain& bench, Report& report) {
    const auto waits = voice::waits_of(voice::Eagerness::automatic);
    const auto soon = [&](const Judged& one) { return one.waited < waits.unclear; };
    const auto long_time = [&](const Judged& one) { return one.waited > waits.unclear * 2; };
    for (const char* voice : kVoices) {
        step(fmt::format("ends, {}", voice), 120);
        const auto finished = judge(bench, voice, kFinished);
        const auto broken_off = judge(bench, voice, kBrokenOff);
        if (finished.empty() || broken_off.empty()) {
            report.add({fmt::format("ends_{}", voice),
                        fmt::format("ends, {}", voice),
                        "",
                        {},
                        {},
                        Bound::at_most,
                        "this voice is not here"});
            continue;
        }
        const auto add = [&](const char* key, const char* what, double value) {
            report.add({fmt::format("ends_{}_{}", voice, key),
                        fmt::format("{}: {}", voice, what),
                        "%",
                        value,
                        {}});
        };
        add("answered_at_once", "finished sentences answered at once", percent_of(finished, soon));
        add("waited_long", "  waited for over two seconds", percent_of(finished, long_time));
        add("cut_at_once", "broken off sentences answered at once", percent_of(broken_off, soon));
        add("given_time", "  given over two seconds", percent_of(broken_off, long_time));
        report.detail(fmt::format("ends_{}_finished", voice), lines_of(finished));
        report.detail(fmt::format("ends_{}_broken_off", voice), lines_of(broken_off));
    }
}

}  // namespace bench

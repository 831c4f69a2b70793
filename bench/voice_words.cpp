#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <utility>

#include "rig/room_noise.hpp"
#include "rig/word_errors.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

struct Room {
    const char* name;
    std::optional<double> signal_to_noise_db;  // none: nothing but the voice
};
constexpr std::array kRooms = {Room{"clean", {}}, Room{"20 dB", 20.0}, Room{"10 dB", 10.0}};
constexpr std::array kVoices = {"flite", "joe-medium"};
// Samples of silence before and after an utterance: as much as the detector of speech leaves.
constexpr std::size_t kAround = 4'800;

struct Utterance {
    std::string text;
    std::vector<float> sound;  // 16 kHz, with a little silence around it
};

std::vector<Utterance> utterances_of(Chain& bench, const std::string& voice) {
    std::vector<std::string> texts(kComplete.begin(), kComplete.end());
    for (const auto& [before, after] : kPaused)
        texts.push_back(std::string(before) + " " + std::string(after));
    std::vector<Utterance> utterances;
    for (auto& text : texts) {
        const auto speech = Chain::trimmed(bench.say(text, voice));
        if (speech.empty()) return {};
        std::vector<float> sound(kAround, 0.0F);
        sound.insert(sound.end(), speech.begin(), speech.end());
        sound.resize(sound.size() + kAround, 0.0F);
        utterances.push_back({std::move(text), std::move(sound)});
    }
    return utterances;
}

std::vector<float> in_room(std::vector<float> sound, const Room& room, std::mt19937& random) {
    if (!room.signal_to_noise_db) return sound;
    return over_noise(std::move(sound), *room.signal_to_noise_db, random, 2 * kAround);
}

struct Recogniser {
    explicit Recogniser(Chain& bench, std::string model)
        : name(std::move(model)), bench_(bench), ears_(*bench.engines().host, name) {}

    [[nodiscard]] base::Result<void> warm() { return run_on(bench_.io(), ears_.prewarm({})); }

    void listen(const Utterance& utterance, const Room& room, WordErrors& errors) {
        ports::ListenRequest request;
        request.samples = in_room(utterance.sound, room, random_);
        request.language = "en";
        const double seconds = static_cast<double>(request.samples.size()) / ports::kListenRate;
        const auto begin = now();
        const auto heard = run_on(bench_.io(), ears_.transcribe(std::move(request), {}));
        const double ms = ms_between(begin, now());
        spent.add(ms);
        spent_seconds += ms / 1'000;
        heard_seconds += seconds;
        const std::string written = heard ? heard->text : std::string();
        const auto found = word_errors(utterance.text, written);
        errors.add(found);
        all.add(found);
        if (found.errors() == 0) return;
        json::Object wrong;
        wrong["room"] = room.name;
        wrong["said"] = utterance.text;
        wrong["written"] = heard ? written : heard.error().text();
        sentences.push_back(std::move(wrong));
    }

    std::string name;
    Samples spent;
    double spent_seconds = 0, heard_seconds = 0;
    WordErrors all;
    json::Array sentences;

private:
    Chain& bench_;
    speech::EngineSpeechToText ears_;
    std::mt19937 random_{11};
};

json::Array worst_of(const WordErrors& errors) {
    std::vector<std::pair<int, std::pair<std::string, std::string>>> order;
    order.reserve(errors.confusions.size());
    for (const auto& [pair, times] : errors.confusions) order.push_back({times, pair});
    std::sort(order.rbegin(), order.rend());
    json::Array worst;
    for (const auto& [times, pair] : order) {
        if (worst.size() == 25) break;
        json::Object one;
        one["said"] = pair.first;
        one["written"] = pair.second;
        one["times"] = times;
        worst.push_back(std::move(one));
    }
    return worst;
}

void measure(Recogniser& ears, const std::vector<std::vector<Utterance>>& spoken, Report& report) {
    for (std::size_t voice = 0; voice < kVoices.size(); ++voice) {
        if (spoken[voice].empty()) continue;
        for (const auto& room : kRooms) {
            step(fmt::format("{}, {}, {}", ears.name, kVoices[voice], room.name), 600);
            WordErrors errors;
            for (const auto& utterance : spoken[voice]) ears.listen(utterance, room, errors);
            std::string key = fmt::format("wer_{}_{}_{}", ears.name, kVoices[voice], room.name);
            std::replace(key.begin(), key.end(), ' ', '_');
            report.add(
                {key,
                 fmt::format("{}, {}, {}: wrong words", ears.name, kVoices[voice], room.name),
                 "%",
                 errors.percent(),
                 {},
                 Bound::at_most,
                 fmt::format("{} replaced, {} left out, {} put in of {}", errors.replaced,
                             errors.left_out, errors.put_in, errors.said)});
        }
    }
    report.add({"words_" + ears.name + "_p50_ms",
                "  time for an utterance, p50",
                "ms",
                ears.spent.at(0.5),
                {}});
    report.add({"words_" + ears.name + "_p95_ms", "  p95", "ms", ears.spent.at(0.95), {}});
    report.add({"words_" + ears.name + "_real_time_factor",
                "  time over length of the sound",
                "",
                ears.spent_seconds / ears.heard_seconds,
                {},
                Bound::at_most,
                fmt::format("{} utterances of {:.1f} s", ears.spent.size(),
                            ears.heard_seconds / static_cast<double>(ears.spent.size()))});
    report.detail("words_" + ears.name + "_ms", ears.spent.summary());
    report.detail("words_" + ears.name + "_confusions", worst_of(ears.all));
    report.detail("words_" + ears.name + "_sentences", std::move(ears.sentences));
}

}  // namespace

void measure_words(Chain& bench, Report& report) {
    std::vector<std::vector<Utterance>> spoken;
    for (const char* voice : kVoices) {
        step(fmt::format("speech by {}", voice), 300);
        spoken.push_back(utterances_of(bench, voice));
        if (!spoken.back().empty()) continue;
        report.add({fmt::format("words_{}", voice),
                    fmt::format("speech by {}", voice),
                    "",
                    {},
                    {},
                    Bound::at_most,
                    "this voice is not here"});
    }
    for (const char* model : {"whisper-tiny.en", "whisper-base"}) {
        Recogniser ears(bench, model);
        if (const auto ready = ears.warm(); !ready) {
            report.add({fmt::format("words_{}", model),
                        model,
                        "",
                        {},
                        {},
                        Bound::at_most,
                        ready.error().text()});
            continue;
        }
        measure(ears, spoken, report);
    }
}

}  // namespace bench

// Each part of hearing and speaking alone, through port, process and frames, while nothing else is
// asked of the engine.
#include <utility>

#include "rig/program.hpp"
#include "voice_chain.hpp"

namespace bench {
namespace {

constexpr int kRuns = 30;
constexpr std::size_t kWindow = 512;  // samples, 32 ms
constexpr std::string_view kClause = "I can help you.";
constexpr std::string_view kStory =
    "The small workshop stood at the end of a narrow street, and every morning its owner "
    "opened the green door before the baker had lit his oven. He repaired clocks.";

// When the first sound came.
class FirstSound final : public ports::SpeechSink {
public:
    bool on_segment(ports::SpeechSegment) override {
        if (!at) at = now();
        return true;
    }
    std::optional<Time> at;
};

void measure_voice(Chain& bench, Report& report, const std::string& voice) {
    const auto speaker = bench.engines().voices(voice);
    Samples first;
    if (run_on(bench.io(), speaker->prewarm(voice, {}))) {
        for (int i = 0; i < kRuns; ++i) {
            FirstSound sound;
            const Time begin = now();
            const auto said =
                run_on(bench.io(), speaker->speak({std::string(kClause), voice, 1}, sound, {}));
            if (said && sound.at) first.add(ms_between(begin, *sound.at));
        }
    }
    if (first.size() == 0) {
        report.add({"first_sound_" + voice,
                    voice + ": first sound",
                    "ms",
                    {},
                    {},
                    Bound::at_most,
                    "the voice is not there"});
        return;
    }
    add_delay(report, "first_sound_" + voice, voice + ": first sound of a clause of four words",
              first, {.p50 = 90});
}

void measure_recogniser(Chain& bench, Report& report, const std::string& model,
                        const std::vector<float>& speech, std::optional<double> target) {
    speech::EngineSpeechToText ears(*bench.engines().host, model);
    if (!run_on(bench.io(), ears.prewarm({}))) {
        report.add({model, model, "ms", {}, {}, Bound::at_most, "the model is not there"});
        return;
    }
    for (const int seconds : {1, 2, 4, 8}) {
        const auto length = static_cast<std::ptrdiff_t>(seconds) * ports::kListenRate;
        Samples spent;
        for (int i = 0; i < kRuns; ++i) {
            ports::ListenRequest request;
            request.samples.assign(speech.begin(), speech.begin() + length);
            request.language = "en";
            const Time begin = now();
            if (run_on(bench.io(), ears.transcribe(std::move(request), {}))) {
                spent.add(ms_between(begin, now()));
            }
        }
        add_delay(report, fmt::format("{}_{}s", model, seconds),
                  fmt::format("{}: {} s of speech", model, seconds), spent, {.p50 = target});
    }
}

void measure_turn_taking(Chain& bench, Report& report, const std::vector<float>& speech) {
    speech::EngineVoiceActivity activity(*bench.engines().host, "vad");
    const auto stream = activity.open();
    Samples windows;
    for (std::size_t at = 0; at + kWindow <= speech.size(); at += kWindow) {
        const auto from = speech.begin() + static_cast<std::ptrdiff_t>(at);
        const Time begin = now();
        if (run_on(bench.io(), stream->feed({from, from + kWindow}))) {
            windows.add(ms_between(begin, now()));
        }
    }
    add_delay(report, "vad_window", "voice activity: a window of 32 ms", windows, {.p50 = 0.2});
    Samples judgements;
    for (int i = 0; i < kRuns; ++i) {
        const Time begin = now();
        if (run_on(bench.io(), bench.turn_detector().finished(speech, {}))) {
            judgements.add(ms_between(begin, now()));
        }
    }
    add_delay(report, "turn_judgement", "end of a turn: a judgement", judgements);
}

}  // namespace

void measure_parts(Chain& bench, Report& report) {
    step("each part of hearing and speaking alone");
    measure_voice(bench, report, "flite");
    measure_voice(bench, report, "joe-medium");
    auto speech = bench.say(kStory, "joe-medium");
    if (speech.empty()) speech = bench.say(kStory);
    constexpr std::size_t kLongest = std::size_t{8} * ports::kListenRate;
    if (speech.size() < kLongest) throw Failure("the voices said too little to listen to");
    measure_recogniser(bench, report, "whisper-tiny.en", speech, 260);
    measure_recogniser(bench, report, "whisper-base", speech, {});
    measure_turn_taking(bench, report, speech);
}

}  // namespace bench

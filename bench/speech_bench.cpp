// How long hearing and speaking take on this machine, through the whole way (port, process,
// frames):
//   speech_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [runs]
// Prints medians: the recogniser on utterances of 1 to 8 s, the first sound of a clause of four
// words, one window of voice activity, one judgement about a turn; and how busy the machine was.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"
#include "speech_set_up.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using async::testing::run_on;

double ms_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

class Tape final : public ports::SpeechSink {
public:
    std::vector<float> sound;
    int rate = 0;
    double first_ms = 0;
    Clock::time_point begin = Clock::now();
    bool on_segment(ports::SpeechSegment segment) override {
        if (first_ms == 0) first_ms = ms_since(begin);
        rate = segment.sample_rate;
        for (const auto sample : segment.pcm) sound.push_back(static_cast<float>(sample) / 32768);
        return true;
    }
};

class Bench {
public:
    Bench(const bench::SpeechPlaces& places, int runs) : runs_(runs), engines_(places) {}

    void voice(const std::string& id) {
        const auto voice = engines_.voices(id);
        if (!run_on(io_, voice->prewarm(id, {}))) {
            fmt::print("{:<16} not there\n", id);
            return;
        }
        std::vector<double> first;
        for (int i = 0; i < runs_; ++i) {
            Tape tape;
            if (!run_on(io_, voice->speak({"I can help you.", id, 1}, tape, {}))) return;
            first.push_back(tape.first_ms);
        }
        fmt::print("{:<16} first sound of four words {:.0f} ms\n", id, median(first));
        Tape tape;
        const auto spoken = run_on(io_, voice->speak({kStory, id, 1}, tape, {}));
        if (!spoken || tape.rate != ports::kListenRate) return;
        speech_ = std::move(tape.sound);
    }

    void recogniser(const std::string& id) {
        adapters::speech_engine::EngineSpeechToText ears(*engines_.host, id);
        if (!run_on(io_, ears.prewarm({}))) {
            fmt::print("{:<16} not there\n", id);
            return;
        }
        fmt::print("{:<16}", id);
        for (const std::size_t seconds : {1U, 2U, 3U, 4U, 6U, 8U}) {
            const std::size_t length = seconds * ports::kListenRate;
            if (speech_.size() < length) break;
            const std::vector<float> part(speech_.begin(),
                                          speech_.begin() + static_cast<std::ptrdiff_t>(length));
            std::vector<double> spent;
            for (int i = 0; i < runs_; ++i) {
                const auto begin = Clock::now();
                if (!run_on(io_, ears.transcribe({part, "en", ""}, {}))) return;
                spent.push_back(ms_since(begin));
            }
            fmt::print("  {} s: {:.0f} ms", seconds, median(spent));
        }
        fmt::print("\n");
    }

    void turn_taking() {
        adapters::speech_engine::EngineVoiceActivity activity(*engines_.host, "vad");
        const auto stream = activity.open();
        std::vector<double> spent;
        for (std::size_t at = 0; at + 512 <= speech_.size() && spent.size() < 200; at += 512) {
            const auto begin = Clock::now();
            const auto from = speech_.begin() + static_cast<std::ptrdiff_t>(at);
            if (!run_on(io_, stream->feed({from, from + 512}))) return;
            spent.push_back(ms_since(begin));
        }
        fmt::print("voice activity   {:.2f} ms for a window of 32 ms\n", median(spent));
        spent.clear();
        adapters::speech_engine::EngineTurnDetector turns(*engines_.host, "turn");
        for (int i = 0; i < runs_; ++i) {
            const auto begin = Clock::now();
            if (!run_on(io_, turns.finished(speech_, {}))) return;
            spent.push_back(ms_since(begin));
        }
        fmt::print("end of turn      {:.0f} ms\n", median(spent));
    }

private:
    static constexpr const char* kStory =
        "The small workshop stood at the end of a narrow street, and every morning its owner "
        "opened the green door before the baker had lit his oven. He repaired clocks.";

    int runs_;
    bench::SpeechSetUp engines_;
    boost::asio::io_context& io_ = engines_.io;
    std::vector<float> speech_;
};

void print_load() {
    std::ifstream file("/proc/loadavg");
    std::string line;
    std::getline(file, line);
    fmt::print("load of the machine: {}\n", line);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print("usage: speech_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [runs]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    print_load();
    Bench bench({argv[1], argv[2], argv[3]}, argc > 4 ? std::atoi(argv[4]) : 9);
    bench.voice("joe-medium");
    bench.voice("flite");
    bench.recogniser("whisper-tiny.en");
    bench.recogniser("whisper-base");
    bench.turn_taking();
    print_load();
    return 0;
}

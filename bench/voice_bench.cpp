// How a spoken conversation feels on this machine, in real time, with real engines and generated
// speech; the language model is left out (its answer is there at once), so what is measured is
// hearing, turn taking and speaking:
//   voice_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [--turns N] [--voice ID] [--eagerness E]
// A table goes to standard error, JSON to standard output.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/speech_engine/engine_speech.hpp"
#include "async/testing/run.hpp"
#include "rig/report.hpp"
#include "rig/samples.hpp"
#include "voice/conversation.hpp"
#include "voice_set.hpp"

namespace {

namespace speech = adapters::speech_engine;
namespace event = voice::event;
using adapters::llm_engine::EngineRole;
using async::testing::run_on;
using std::chrono::milliseconds;

struct Wishes {
    std::string program, speech_folder, models;
    int turns = 100;
    std::string voice = "flite";
    voice::Eagerness eagerness = voice::Eagerness::automatic;
};

class Tape final : public ports::SpeechSink {
public:
    std::vector<float> sound;
    bool on_segment(ports::SpeechSegment segment) override {
        for (const auto sample : segment.pcm) sound.push_back(static_cast<float>(sample) / 32768);
        return true;
    }
};

class Answer final : public voice::Responder {
public:
    std::string text;
    async::Task<base::Result<void>> answer(voice::Question, voice::ReplySink& sink,
                                           std::stop_token) override {
        static_cast<void>(sink.on_text(text));
        co_return base::Result<void>{};
    }
};

// What happened in one turn, by the clock of this program.
struct Turn {
    std::optional<bench::Time> committed, first_sound, paused, cancelled, done;
    int commits = 0;
    std::string heard;
    std::map<std::string, double> stages;
};

class Bench {
public:
    explicit Bench(Wishes wishes) : wishes_(std::move(wishes)) {
        adapters::llm_engine::EngineOptions options;
        options.program = wishes_.program;
        options.speech_folder = wishes_.speech_folder;
        options.models_folder = wishes_.models;
        const auto add = [&](const char* id, const char* file, EngineRole role) {
            const std::string path = *file == 0 ? "" : wishes_.models + "/" + file;
            options.models.push_back({id, id, path, role, 0, false, false});
        };
        add("whisper-tiny.en", "ggml-tiny.en.bin", EngineRole::recognise);
        add("flite", "", EngineRole::speak);
        add("joe-medium", "en_US-joe-medium.onnx", EngineRole::speak);
        add("vad", "silero_vad.onnx", EngineRole::activity);
        add("turn", "smart-turn-v3.2-cpu.onnx", EngineRole::turn);
        host_ = std::make_unique<adapters::llm_engine::EngineHost>(io_.get_executor(), *clock_,
                                                                   options);
        speech::EngineVoice flite;
        flite.voice.id = flite.model = "flite";
        speech::EngineVoice joe;
        joe.voice.id = joe.model = "joe-medium";
        joe.espeak = "en-us";
        ears_ = std::make_unique<speech::EngineSpeechToText>(*host_, "whisper-tiny.en");
        voice_ = std::make_unique<speech::EngineTextToSpeech>(
            *host_, phonemizer_, std::vector{flite, joe}, wishes_.voice);
        activity_ = std::make_unique<speech::EngineVoiceActivity>(*host_, "vad");
        turns_ = std::make_unique<speech::EngineTurnDetector>(*host_, "turn");
    }
    ~Bench() {
        async::spawn_detached(io_.get_executor(), "close", host_->close());
        io_.restart();
        io_.run();
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    [[nodiscard]] bool warm() {
        const auto ears = run_on(io_, ears_->prewarm({}));
        const auto voice = run_on(io_, voice_->prewarm(wishes_.voice, {}));
        if (!ears) fmt::print(stderr, "{}\n", ears.error().text());
        if (!voice) fmt::print(stderr, "{}\n", voice.error().text());
        return ears && voice && !say("Warming up.").empty();
    }

    std::vector<float> say(std::string_view text) {
        Tape tape;
        static_cast<void>(run_on(io_, voice_->speak({std::string(text), "flite", 1}, tape, {})));
        return tape.sound;
    }

    void open(voice::TurnMode mode) {
        voice::ConversationSettings settings;
        settings.turns.mode = mode;
        settings.turns.eagerness = wishes_.eagerness;
        settings.language = "en";
        settings.voice = wishes_.voice;
        auto made =
            voice::Conversation::make({io_.get_executor(),
                                       *clock_,
                                       {ears_.get(), voice_.get(), activity_.get(), turns_.get()},
                                       {16'000, 24'000},
                                       answer_,
                                       [this](voice::Time, const event::Any& what) { note(what); }},
                                      settings);
        talk_ = std::move(*made);
        quiet(500);
    }
    void close() {
        if (!talk_) return;
        run_on(io_, closed(*talk_));
        talk_.reset();
    }

    // Plays sound to the microphone in real time; low noise, as rooms have it.
    void hear(const std::vector<float>& sound) {
        for (std::size_t at = 0; at < sound.size(); at += 512) {
            std::vector<float> frame(512, 0.0F);
            for (std::size_t i = 0; i < 512 && at + i < sound.size(); ++i) frame[i] = sound[at + i];
            for (auto& sample : frame) sample += noise_(random_);
            static_cast<void>(talk_->hear(frame));
            due_ = std::max(due_ + milliseconds(32), bench::now() - milliseconds(100));
            while (bench::now() < due_) {
                io_.restart();
                io_.run_for(std::chrono::duration_cast<milliseconds>(due_ - bench::now()) +
                            milliseconds(1));
            }
        }
    }
    void quiet(int ms) { hear(std::vector<float>(static_cast<std::size_t>(ms) * 16, 0.0F)); }
    template <class Until>
    void quiet_until(int most_ms, Until until) {
        for (int ms = 0; ms < most_ms && !until(); ms += 32) quiet(32);
    }
    // Speech without the silence that the voice puts around it.
    static std::vector<float> trimmed(std::vector<float> sound) {
        const auto loud = [](float sample) { return std::abs(sample) > 0.02F; };
        const auto first = std::find_if(sound.begin(), sound.end(), loud);
        const auto last = std::find_if(sound.rbegin(), sound.rend(), loud).base();
        return first < last ? std::vector<float>(first, last) : std::vector<float>();
    }

    Turn turn;
    Answer answer_;
    std::unique_ptr<voice::Conversation> talk_;
    [[nodiscard]] const Wishes& wishes() const { return wishes_; }

private:
    static async::Task<bool> closed(voice::Conversation& talk) {
        auto closing = talk.close();
        co_await std::move(closing);
        co_return true;
    }
    void note(const event::Any& what) {
        const auto now = bench::now();
        if (std::holds_alternative<event::Committed>(what)) {
            turn.committed = now;
            ++turn.commits;
        } else if (std::holds_alternative<event::Audio>(what)) {
            if (!turn.first_sound) turn.first_sound = now;
        } else if (std::holds_alternative<event::Paused>(what)) {
            if (!turn.paused) turn.paused = now;
        } else if (std::holds_alternative<event::Cancelled>(what)) {
            turn.cancelled = now;
        } else if (std::holds_alternative<event::ResponseDone>(what)) {
            turn.done = now;
        } else if (const auto* heard = std::get_if<event::Transcript>(&what)) {
            if (heard->final) turn.heard = heard->heard.text;
        } else if (const auto* latency = std::get_if<event::Latency>(&what)) {
            for (const auto& stage : latency->stages) {
                turn.stages[std::string(stage.name)] = stage.ms;
            }
        } else if (const auto* failure = std::get_if<event::Failure>(&what)) {
            fmt::print(stderr, "{}: {}\n", failure->stage, failure->error.text());
        }
    }

    Wishes wishes_;
    boost::asio::io_context io_;
    std::unique_ptr<async::Clock> clock_ = async::make_system_clock();
    speech::EspeakPhonemizer phonemizer_{io_.get_executor(), *clock_, speech::find_espeak()};
    std::unique_ptr<adapters::llm_engine::EngineHost> host_;
    std::unique_ptr<speech::EngineSpeechToText> ears_;
    std::unique_ptr<speech::EngineTextToSpeech> voice_;
    std::unique_ptr<speech::EngineVoiceActivity> activity_;
    std::unique_ptr<speech::EngineTurnDetector> turns_;
    bench::Time due_ = bench::now();
    std::mt19937 random_{7};
    std::normal_distribution<float> noise_{0.0F, 0.0005F};
};

void add(bench::Report& report, const char* key, const char* what, const bench::Samples& samples,
         std::optional<double> p50, std::optional<double> p95) {
    const std::string name = key;
    if (samples.size() == 0) {
        report.add({name, what, "ms", {}, p50, bench::Bound::at_most, "nothing measured"});
        return;
    }
    report.add({name + "_p50_ms", fmt::format("{}, p50", what), "ms", samples.at(0.5), p50});
    report.add({name + "_p95_ms", fmt::format("{}, p95", what), "ms", samples.at(0.95), p95});
    report.detail(name, samples.summary());
}

void measure_commits(Bench& bench, bench::Report& report) {
    bench::Samples commit;
    bench.answer_.text = "I can help you.";
    bench.open(voice::TurnMode::manual);
    for (int i = 0; i < bench.wishes().turns / 5; ++i) {
        const auto sound =
            Bench::trimmed(bench.say(bench::kComplete[static_cast<std::size_t>(i) % 24]));
        bench.talk_->clear();
        bench.turn = {};
        bench.hear(sound);
        bench.quiet(32);
        const auto pressed = bench::now();
        bench.talk_->commit();
        bench.quiet_until(6'000, [&] { return bench.turn.done.has_value(); });
        if (bench.turn.first_sound) {
            commit.add(bench::ms_between(pressed, *bench.turn.first_sound));
        }
    }
    bench.close();
    add(report, "commit_to_first_sound", "commit by hand → first sound", commit, 420, {});
}

void measure_turns(Bench& bench, bench::Report& report) {
    bench::Samples first_sound;
    std::map<std::string, bench::Samples> stages;
    int cut_in = 0;
    int missed = 0;
    int all = 0;
    bench.answer_.text = "I can help you.";
    bench.open(voice::TurnMode::semantic_vad);
    for (int i = 0; i < bench.wishes().turns; ++i, ++all) {
        const auto at = static_cast<std::size_t>(i);
        const bool pauses = i % 3 == 2;
        bench.turn = {};
        if (pauses) {
            const auto& parts = bench::kPaused[at / 3 % bench::kPaused.size()];
            bench.hear(Bench::trimmed(bench.say(parts[0])));
            bench.quiet(500 + 100 * (i % 5));
            if (bench.turn.commits > 0) ++cut_in;
            bench.hear(Bench::trimmed(bench.say(parts[1])));
        } else {
            bench.hear(Bench::trimmed(bench.say(bench::kComplete[at % bench::kComplete.size()])));
            if (bench.turn.commits > 0) ++cut_in;
        }
        const auto ended = bench::now();
        const int before = bench.turn.commits;
        bench.quiet_until(2'500, [&] { return bench.turn.commits > before; });
        if (bench.turn.commits == before) ++missed;
        bench.quiet_until(8'000, [&] { return bench.turn.done.has_value(); });
        const bool counts = !pauses && bench.turn.commits == 1 && bench.turn.first_sound;
        if (counts) {
            first_sound.add(bench::ms_between(ended, *bench.turn.first_sound));
            for (const auto& [name, ms] : bench.turn.stages) stages[name].add(ms);
        }
        bench.quiet(400);
    }
    bench.close();
    add(report, "end_to_first_sound", "end of speech → first sound", first_sound, 500, 1'100);
    report.add(
        {"false_cut_ins_percent", "turns cut into", "%", 100.0 * cut_in / std::max(1, all), 5});
    report.add({"missed_ends_percent", "ends missed for 2.5 s", "%",
                100.0 * missed / std::max(1, all), 2});
    for (const auto& [name, samples] : stages) {
        report.detail("stage_" + name, samples.summary());
        report.add({"stage_" + name + "_p50_ms", "  of it " + name, "ms", samples.at(0.5), {}});
    }
}

void measure_interruptions(Bench& bench, bench::Report& report) {
    bench::Samples paused;
    int kept_talking = 0;
    int all = 0;
    bench.answer_.text =
        "The small workshop stood at the end of a narrow street, and every morning its owner "
        "opened the green door before the baker had lit his oven. He repaired clocks, and people "
        "came from far away to have him look at the ones they had inherited.";
    bench.open(voice::TurnMode::semantic_vad);
    for (int i = 0; i < std::max(6, bench.wishes().turns / 8); ++i) {
        const auto at = static_cast<std::size_t>(i);
        static_cast<void>(bench.talk_->cancel(std::nullopt));
        bench.quiet(700);
        bench.turn = {};
        if (!bench.talk_->respond({})) continue;
        bench.quiet_until(3'000, [&] { return bench.turn.first_sound.has_value(); });
        bench.quiet(800 + 150 * (i % 5));
        const auto sound =
            Bench::trimmed(bench.say(bench::kInterrupting[at % bench::kInterrupting.size()]));
        const auto onset = bench::now();
        bench.hear(sound);
        bench.quiet(800);
        ++all;
        if (bench.turn.paused) paused.add(bench::ms_between(onset, *bench.turn.paused));
        if (!bench.turn.cancelled) ++kept_talking;
    }
    bench.close();
    add(report, "onset_to_pause", "interrupting speech → paused", paused, {}, 120);
    report.add({"kept_talking_percent",
                "interruptions that did not stop it",
                "%",
                100.0 * kept_talking / std::max(1, all),
                {}});
}

int usage() {
    fmt::print(stderr,
               "usage: voice_bench LOCI_ENGINE SPEECH_FOLDER MODELS_FOLDER [--turns N] "
               "[--voice ID] [--eagerness low|medium|high]\n");
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return usage();
    Wishes wishes{argv[1], argv[2], argv[3]};
    for (int i = 4; i + 1 < argc; i += 2) {
        const std::string flag = argv[i];
        const std::string value = argv[i + 1];
        if (flag == "--turns") {
            wishes.turns = std::max(5, std::atoi(value.c_str()));
        } else if (flag == "--voice") {
            wishes.voice = value;
        } else if (flag == "--eagerness") {
            wishes.eagerness = value == "low"    ? voice::Eagerness::low
                               : value == "high" ? voice::Eagerness::high
                                                 : voice::Eagerness::medium;
        } else {
            return usage();
        }
    }
    bench::Report report("voice");
    Bench bench(wishes);
    if (!bench.warm()) return 1;
    measure_commits(bench, report);
    measure_turns(bench, report);
    measure_interruptions(bench, report);
    report.print();
    return 0;
}

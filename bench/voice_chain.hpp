// The spoken conversation in this process: engines, voice::Conversation and a microphone in real
// time; the answer to each turn is there at once. Owned by the bench; main thread, which runs the
// io loop while sound is played.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/speech_engine/engine_speech.hpp"
#include "async/testing/run.hpp"
#include "rig/report.hpp"
#include "rig/samples.hpp"
#include "voice/conversation.hpp"
#include "voice_set.hpp"

namespace bench {

namespace speech = adapters::speech_engine;
namespace event = voice::event;
using adapters::llm_engine::EngineRole;
using async::testing::run_on;
using std::chrono::milliseconds;

struct Wishes {
    std::string program, speech_folder, models;
    std::string server;  // the program loci; empty: not measured
    std::filesystem::path cache;
    std::filesystem::path folder = std::filesystem::temp_directory_path();
    std::string only;
    int turns = 100;
    int minutes = 10;  // of echo
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
    std::optional<Time> committed, first_sound, paused, cancelled, done;
    int commits = 0;
    std::string heard;
    std::map<std::string, double> stages;
};

class Chain {
public:
    explicit Chain(Wishes wishes) : wishes_(std::move(wishes)) {
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
    ~Chain() {
        async::spawn_detached(io_.get_executor(), "close", host_->close());
        io_.restart();
        io_.run();
    }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

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

    // What the recogniser makes of it; with an empty text when it failed.
    ports::Transcript understand(std::vector<float> sound, std::string_view phrase) {
        ports::ListenRequest request;
        request.samples = std::move(sound);
        request.language = "en";
        request.phrase = phrase;
        const auto heard = run_on(io_, ears_->transcribe(std::move(request), {}));
        return heard ? *heard : ports::Transcript();
    }

    void open(voice::TurnMode mode) {
        voice::ConversationSettings settings;
        settings.turns.mode = mode;
        open(settings, 24'000);
    }
    void open(voice::ConversationSettings settings, int output_hz) {
        settings.turns.eagerness = wishes_.eagerness;
        settings.language = "en";
        settings.voice = wishes_.voice;
        auto made =
            voice::Conversation::make({io_.get_executor(),
                                       *clock_,
                                       {ears_.get(), voice_.get(), activity_.get(), turns_.get()},
                                       {16'000, output_hz},
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
            if (in_room) frame = in_room(frame);
            static_cast<void>(talk_->hear(frame));
            due_ = std::max(due_ + milliseconds(32), now() - milliseconds(100));
            while (now() < due_) {
                io_.restart();
                io_.run_for(std::chrono::duration_cast<milliseconds>(due_ - now()) +
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
    // What else the microphone hears, and who else is told of what happens.
    std::function<std::vector<float>(std::span<const float>)> in_room;
    std::function<void(const event::Any&)> also;
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
        const auto at = bench::now();
        if (also) also(what);
        if (std::holds_alternative<event::Committed>(what)) {
            turn.committed = at;
            ++turn.commits;
            // What was heard before answered an earlier part.
            turn.first_sound.reset();
            turn.done.reset();
        } else if (std::holds_alternative<event::Audio>(what)) {
            if (!turn.first_sound) turn.first_sound = at;
        } else if (std::holds_alternative<event::Paused>(what)) {
            if (!turn.paused) turn.paused = at;
        } else if (std::holds_alternative<event::Cancelled>(what)) {
            turn.cancelled = at;
        } else if (std::holds_alternative<event::ResponseDone>(what)) {
            turn.done = at;
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
    Time due_ = now();
    std::mt19937 random_{7};
    std::normal_distribution<float> noise_{0.0F, 0.0005F};
};

void measure_commits(Chain& bench, Report& report);
void measure_turns(Chain& bench, Report& report);
void measure_interruptions(Chain& bench, Report& report);
// How often a wake phrase is missed, and something else taken for it, by recogniser and phrase.
void measure_wake(Chain& bench, Report& report);
// With a microphone that hears the loudspeaker (voice_echo.cpp).
void measure_echo(Chain& bench, Report& report);

}  // namespace bench

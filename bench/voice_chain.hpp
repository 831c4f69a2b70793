// The spoken conversation in this process: engines, voice::Conversation and a microphone in real
// time; the answer to each turn is there at once. Owned by the bench; main thread, which runs the
// io loop while sound is played.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>

#include "adapters/speech_engine/engine_speech.hpp"
#include "adapters/speech_wake/wake_speech.hpp"
#include "async/testing/run.hpp"
#include "rig/report.hpp"
#include "rig/room_noise.hpp"
#include "rig/samples.hpp"
#include "speech_set_up.hpp"
#include "voice/conversation.hpp"
#include "voice_set.hpp"
#include "voice_turns.hpp"

namespace bench {

namespace speech = adapters::speech_engine;
namespace event = voice::event;
using async::testing::run_on;
using std::chrono::milliseconds;

struct Wishes {
    std::string program, speech_folder, models;
    std::string server;  // the program loci; empty: not measured
    std::filesystem::path cache;
    std::filesystem::path folder = std::filesystem::temp_directory_path();
    std::string only;
    int turns = 100;
    int minutes = 10;  // of what is measured by the clock
    std::string voice = "flite";
    voice::Eagerness eagerness = voice::Eagerness::automatic;
    bool one_eagerness = false;  // it was named: the others are not wanted
};

class Tape final : public ports::SpeechSink {
public:
    bool on_segment(ports::SpeechSegment segment) override {
        rate_ = segment.sample_rate;
        for (const auto sample : segment.pcm) sound_.push_back(static_cast<float>(sample) / 32768);
        return true;
    }
    [[nodiscard]] std::vector<float> at(int rate) const;

private:
    std::vector<float> sound_;
    int rate_ = 0;
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
    // The response to the newest commit; what an earlier one still brings does not count.
    std::optional<voice::ResponseId> answer;
    std::string heard;
    std::map<std::string, double> stages;

    void note(const event::Any& what);
};

class Chain {
public:
    explicit Chain(Wishes wishes) : wishes_(std::move(wishes)) {}
    ~Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    [[nodiscard]] bool warm() {
        const auto ears = run_on(io_, ears_->prewarm({}));
        const auto voice = run_on(io_, voice_->prewarm(wishes_.voice, {}));
        if (!ears) fmt::print(stderr, "{}\n", ears.error().text());
        if (!voice) fmt::print(stderr, "{}\n", voice.error().text());
        return ears && voice && !say("Warming up.").empty();
    }

    // At 16 kHz; empty where the voice cannot speak.
    std::vector<float> say(std::string_view text, const std::string& voice = "flite") {
        Tape tape;
        const auto said = run_on(io_, voice_->speak({std::string(text), voice, 1}, tape, {}));
        if (!said) return {};
        return tape.at(ports::kListenRate);
    }

    // True for none, too.
    [[nodiscard]] bool has_wake_model(std::string_view id) const {
        return id.empty() || std::ranges::any_of(kWakeModels, [&](const auto& model) {
                   return model.first == id &&
                          std::filesystem::exists(wishes_.models + "/" + model.second);
               });
    }
    // What the recogniser makes of it, behind a wake model where one is named; with an empty text
    // when it failed.
    ports::Transcript understand(std::vector<float> sound, std::string_view phrase,
                                 std::string wake_model = {}) {
        ports::ListenRequest request;
        request.samples = std::move(sound);
        request.language = "en";
        request.phrase = phrase;
        speech::EngineWakeSpotter spotter(*engines_.host, std::move(wake_model));
        adapters::speech_wake::WakeSpeechToText ears(*ears_, spotter);
        const auto heard = run_on(io_, ears.transcribe(std::move(request), {}));
        return heard ? *heard : ports::Transcript();
    }

    [[nodiscard]] voice::ConversationSettings settings(voice::TurnMode mode) const {
        voice::ConversationSettings settings;
        settings.turns.mode = mode;
        settings.turns.eagerness = wishes_.eagerness;
        settings.language = "en";
        settings.voice = wishes_.voice;
        settings.listens_early = true;
        return settings;
    }
    [[nodiscard]] voice::Conversation::Parts parts(voice::Responder& by,
                                                   voice::Conversation::Listener listener,
                                                   int output_hz = 24'000) {
        return {io_.get_executor(),
                *clock_,
                {ears_.get(), voice_.get(), activity_.get(), turns_.get()},
                {16'000, output_hz},
                by,
                std::move(listener)};
    }

    void open(voice::TurnMode mode) { open(settings(mode), 24'000); }
    void open(const voice::ConversationSettings& settings, int output_hz) {
        const auto listener = [this](voice::Time, const event::Any& what) {
            if (also) also(what);
            turn.note(what);
        };
        auto made = voice::Conversation::make(parts(answer_, listener, output_hz), settings);
        talk_ = std::move(*made);
        quiet(500);
    }
    // Ends the reply that is being said; often there is none any more.
    void hush() {
        const auto ended = talk_->cancel(std::nullopt);
        if (!ended && ended.error().code != base::ErrorCode::not_found) {
            fmt::print(stderr, "{}\n", ended.error().text());
        }
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
            noise_.add_to(frame);
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
    void be_eager(voice::Eagerness eagerness) { wishes_.eagerness = eagerness; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    [[nodiscard]] SpeechSetUp& engines() { return engines_; }
    [[nodiscard]] ports::TurnDetector& turn_detector() { return *turns_; }

private:
    static async::Task<bool> closed(voice::Conversation& talk) {
        auto closing = talk.close();
        co_await std::move(closing);
        co_return true;
    }

    Wishes wishes_;
    SpeechSetUp engines_{{wishes_.program, wishes_.speech_folder, wishes_.models}};
    boost::asio::io_context& io_ = engines_.io;
    async::Clock* clock_ = engines_.clock.get();
    std::unique_ptr<speech::EngineSpeechToText> ears_ =
        std::make_unique<speech::EngineSpeechToText>(*engines_.host, "whisper-tiny.en");
    std::unique_ptr<speech::EngineTextToSpeech> voice_ = engines_.voices(wishes_.voice);
    std::unique_ptr<speech::EngineVoiceActivity> activity_ =
        std::make_unique<speech::EngineVoiceActivity>(*engines_.host, "vad");
    std::unique_ptr<speech::EngineTurnDetector> turns_ =
        std::make_unique<speech::EngineTurnDetector>(*engines_.host, "turn");
    Time due_ = now();
    RoomNoise noise_{7};
};

void measure_commits(Chain& bench, Report& report);
void measure_turns(Chain& bench, Report& report);
void measure_interruptions(Chain& bench, Report& report);
// How often a wake phrase is missed, and something else taken for it, by recogniser and phrase.
void measure_wake(Chain& bench, Report& report);
// With a microphone that hears the loudspeaker (voice_echo.cpp).
void measure_echo(Chain& bench, Report& report);
// How well the end of a turn is told from a pause to think (voice_ends.cpp).
void measure_ends(Chain& bench, Report& report);
// Each part alone: voices, recognisers, voice activity, end of a turn (voice_parts.cpp).
void measure_parts(Chain& bench, Report& report);
// How soon the page falls silent when somebody speaks into what it says (voice_page.cpp).
void measure_page(Chain& bench, Report& report);
// How many words the recognisers get wrong, in which noise and in what time (voice_words.cpp).
void measure_words(Chain& bench, Report& report);
// Delay against turns cut into, by eagerness (voice_sessions.cpp).
void measure_curve(Chain& bench, Report& report);
// Four conversations at once, and one (voice_sessions.cpp).
void measure_sessions(Chain& bench, Report& report);

// The turns of one run as sound; every third has a pause in its middle.
[[nodiscard]] std::vector<SpokenLine> lines_of(Chain& bench);

}  // namespace bench

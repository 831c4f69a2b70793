// The real engine with the real models, through the ports, there and back: what a voice says, the
// recogniser understands. Skipped, with the reason printed, where the engine or a model is missing.
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "adapters/speech_engine/engine_speech.hpp"
#include "async/testing/run.hpp"
#include "base/text.hpp"

namespace adapters::speech_engine {
namespace {

using async::testing::run_on;
using llm_engine::EngineRole;

const std::string kModels = std::string(LOCI_CACHE) + "/models/";
const std::string kTiny = kModels + "ggml-tiny.en.bin";
const std::string kBase = kModels + "ggml-base.bin";
const std::string kJoe = kModels + "en_US-joe-medium.onnx";
const std::string kVad = kModels + "silero_vad.onnx";
const std::string kTurn = kModels + "smart-turn-v3.2-cpu.onnx";
const std::string kWakeBase = kModels + "embedding_model.onnx";
const std::string kHeyNook = kModels + "hey_nook.onnx";
#ifdef LOCI_ENGINE_PROGRAM
const std::string kProgram = LOCI_ENGINE_PROGRAM;
const std::string kLibraries = LOCI_SPEECH_FOLDER;
#else
const std::string kProgram;
const std::string kLibraries;
#endif

std::string missing(std::initializer_list<std::string> files) {
    if (kProgram.empty()) return "built without whisper.cpp or llama.cpp";
    for (const auto& file : files) {
        if (!std::filesystem::exists(file)) return "missing " + file;
    }
    return {};
}

#define SKIP_WITHOUT(...)                                        \
    if (const auto why = missing({__VA_ARGS__}); !why.empty()) { \
        GTEST_SKIP() << why;                                     \
    }

class Recording final : public ports::SpeechSink {
public:
    std::vector<ports::SpeechSegment> segments;
    std::function<void()> after_first;
    bool on_segment(ports::SpeechSegment segment) override {
        segments.push_back(std::move(segment));
        if (segments.size() == 1 && after_first) after_first();
        return true;
    }
    // The sound as something to listen to.
    [[nodiscard]] std::vector<float> heard() const {
        std::vector<float> all;
        for (const auto& segment : segments) {
            for (const auto sample : segment.pcm) all.push_back(static_cast<float>(sample) / 32768);
        }
        if (all.empty()) return all;
        const double step = segments[0].sample_rate / static_cast<double>(ports::kListenRate);
        std::vector<float> out(static_cast<std::size_t>(static_cast<double>(all.size()) / step));
        for (std::size_t i = 0; i + 1 < out.size(); ++i) {
            const double at = static_cast<double>(i) * step;
            const auto k = static_cast<std::size_t>(at);
            const auto part = static_cast<float>(at - static_cast<double>(k));
            out[i] = k + 1 < all.size() ? all[k] * (1 - part) + all[k + 1] * part : 0.0F;
        }
        return out;
    }
};

// Letters and blanks only, in lower case.
// Words alone; "weather's" and "weather is" sound the same, and a Piper voice differs each time.
std::string plain(std::string text) {
    text = base::replace_all(std::move(text), "'s ", " is ");
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
        } else if (!out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

EngineVoice piper(std::string id) {
    EngineVoice voice;
    voice.voice.id = voice.model = std::move(id);
    voice.espeak = "en-us";
    return voice;
}
EngineVoice built_in() {
    EngineVoice voice;
    voice.voice.id = voice.model = kFlite;
    return voice;
}

class RealSpeech : public ::testing::Test {
public:
    ~RealSpeech() override {
        async::spawn_detached(io_.get_executor(), "close", host_->close());
        io_.restart();
        io_.run();
    }

protected:
    RealSpeech() {
        llm_engine::EngineOptions options;
        options.program = kProgram;
        options.speech_folder = kLibraries;
        options.models_folder = kModels.substr(0, kModels.size() - 1);
        const auto add = [&](const char* id, const std::string& path, EngineRole role) {
            options.models.push_back({id, id, path, role, 0, false, false});
        };
        add("tiny", kTiny, EngineRole::recognise);
        add("base", kBase, EngineRole::recognise);
        add(kFlite, "", EngineRole::speak);
        add("joe", kJoe, EngineRole::speak);
        add("vad", kVad, EngineRole::activity);
        add("turn", kTurn, EngineRole::turn);
        for (const auto& [id, path] : {std::pair{"nook", kHeyNook}, std::pair{"no-wake", kVad}}) {
            options.models.push_back(
                {id, id, path, EngineRole::wake, 0, false, false, "", options.models_folder});
        }
        host_ = std::make_unique<llm_engine::EngineHost>(io_.get_executor(), *clock_, options);
        voice_ = std::make_unique<EngineTextToSpeech>(
            *host_, phonemizer_, std::vector{built_in(), piper("joe")}, kFlite);
    }
    Recording say(const std::string& text, const std::string& voice = kFlite) {
        Recording tape;
        const auto spoken = run_on(io_, voice_->speak({text, voice, 1}, tape, {}));
        EXPECT_TRUE(spoken) << spoken.error().text();
        return tape;
    }
    ports::Transcript hear(std::vector<float> sound, const std::string& model = "tiny",
                           const std::string& language = "", const std::string& phrase = "") {
        EngineSpeechToText ears(*host_, model);
        auto heard = run_on(io_, ears.transcribe({std::move(sound), language, "", phrase}, {}));
        EXPECT_TRUE(heard) << heard.error().text();
        return heard ? *heard : ports::Transcript{};
    }
    static void expect_words_in_order(const Recording& tape) {
        for (const auto& segment : tape.segments) {
            const int length = static_cast<int>(segment.pcm.size() * 1000 /
                                                static_cast<std::size_t>(segment.sample_rate));
            int last = 0;
            for (const auto& word : segment.words) {
                EXPECT_GE(word.t_ms, last) << word.text;
                EXPECT_GT(word.dur_ms, 0) << word.text;
                last = word.t_ms + word.dur_ms;
            }
            EXPECT_LE(last, length + 1);
            EXPECT_FALSE(segment.phonemes.empty());
        }
    }

    boost::asio::io_context io_;
    std::unique_ptr<async::Clock> clock_ = async::make_system_clock();
    EspeakPhonemizer phonemizer_{io_.get_executor(), *clock_, find_espeak()};
    std::unique_ptr<llm_engine::EngineHost> host_;
    std::unique_ptr<EngineTextToSpeech> voice_;
};

TEST_F(RealSpeech, WhatFliteSaysIsUnderstood) {
    SKIP_WITHOUT(kTiny);
    const auto tape = say("Hello there, my friend. The weather is nice today.");
    ASSERT_EQ(tape.segments.size(), 2u);
    expect_words_in_order(tape);
    const auto heard = hear(tape.heard());
    EXPECT_EQ(plain(heard.text), "hello there my friend the weather is nice today");
    EXPECT_FALSE(heard.no_speech);
    EXPECT_GT(heard.confidence, 0.6);
    EXPECT_EQ(heard.language, "en");
    ASSERT_GE(heard.words.size(), 9u);
    EXPECT_NEAR(heard.words.front().t_ms, tape.segments[0].words[0].t_ms, 300);
    EXPECT_GT(heard.words.back().t_ms, 2000) << "the last word of two sentences";
}

TEST_F(RealSpeech, WhatAPiperVoiceSaysIsUnderstoodAndItsTimesAreExact) {
    SKIP_WITHOUT(kTiny, kJoe, kLibraries, "/usr/bin/espeak-ng");
    const auto tape = say("Hello there, my friend. The weather is nice today.", "joe");
    ASSERT_EQ(tape.segments.size(), 2u);
    expect_words_in_order(tape);
    for (const auto& segment : tape.segments) EXPECT_TRUE(segment.exact_times);
    EXPECT_EQ(tape.segments[0].sample_rate, 22'050);
    EXPECT_EQ(tape.segments[0].words.size(), 4u);
    EXPECT_EQ(plain(hear(tape.heard()).text), "hello there my friend the weather is nice today");
}

TEST_F(RealSpeech, ThePhonemiserGivesOneAnswerForEachPiece) {
    SKIP_WITHOUT("/usr/bin/espeak-ng");
    auto phonemes =
        run_on(io_, phonemizer_.phonemes({"Hello there", "I am 21", "e.g. 3.50"}, "en-us", {}));
    ASSERT_TRUE(phonemes) << phonemes.error().text();
    ASSERT_EQ(phonemes->size(), 3u);
    EXPECT_TRUE((*phonemes)[0].starts_with("həlˈoʊ")) << (*phonemes)[0];
    const auto unknown = run_on(io_, phonemizer_.phonemes({"a"}, "xx-klingon", {}));
    ASSERT_FALSE(unknown);
    const auto option = run_on(io_, phonemizer_.phonemes({"a"}, "--version", {}));
    ASSERT_FALSE(option);
    EXPECT_EQ(option.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(RealSpeech, SilenceAndNoiseAreNoSpeechAndASpokenThankYouIs) {
    SKIP_WITHOUT(kTiny);
    EXPECT_TRUE(hear(std::vector<float>(std::size_t{3} * 16'000, 0.0F)).no_speech);
    std::vector<float> noise(std::size_t{3} * 16'000);
    unsigned state = 1;
    for (auto& value : noise) {
        state = state * 1664525U + 1013904223U;
        value = (static_cast<float>(state >> 16) / 65536.0F - 0.5F) * 0.004F;
    }
    const auto nothing = hear(noise);
    EXPECT_TRUE(nothing.no_speech) << nothing.text;
    EXPECT_EQ(nothing.text, "");
    EXPECT_EQ(plain(hear(say("Thank you.").heard()).text), "thank you");
    EXPECT_TRUE(hear({}).no_speech);
}

TEST_F(RealSpeech, HowWellTheSoundBeginsWithAPhraseIsToldWhateverIsWritten) {
    SKIP_WITHOUT(kTiny);
    const auto fit = [&](const std::string& text, const std::string& phrase) {
        return hear(say(text).heard(), "tiny", "", phrase).phrase_fit.value_or(-1);
    };
    EXPECT_GT(fit("Good morning Robin. What time is it?", "Good morning Robin"), 0.4);
    EXPECT_GT(fit("Good morning Robin. What time is it?", "good morning robin"), 0.4);
    EXPECT_LT(fit("The library opens at nine.", "Good morning Robin"), 0.2);
    EXPECT_LT(fit("Good morning Robin. What time is it?", "The library"), 0.2);
    EXPECT_GE(fit("The library opens at nine.", "Good morning Robin"), 0);
    EXPECT_FALSE(hear(say("Good morning Robin.").heard()).phrase_fit) << "nobody asked";
    const std::string endless(400, 'q');
    EXPECT_EQ(fit("The library opens at nine.", endless), -1) << "more than can be compared";
}

TEST_F(RealSpeech, AModelOfManyLanguagesFindsTheLanguage) {
    SKIP_WITHOUT(kBase);
    const auto sound = say("The weather is nice today, and I would like to go for a walk.").heard();
    const auto heard = hear(sound, "base");
    EXPECT_EQ(heard.language, "en");
    EXPECT_NE(plain(heard.text).find("weather"), std::string::npos) << heard.text;
    EngineSpeechToText ears(*host_, "base");
    const auto unknown = run_on(io_, ears.transcribe({sound, "xx", ""}, {}));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(RealSpeech, VoiceActivityFollowsTheSpeech) {
    SKIP_WITHOUT(kVad, kLibraries);
    const auto speech = say("Hello there, my friend. The weather is nice today.").heard();
    std::vector<float> sound(16'384, 0.0F);  // a second of silence before and after
    sound.insert(sound.end(), speech.begin(), speech.end());
    sound.resize((sound.size() / 512 + 32) * 512, 0.0F);
    EngineVoiceActivity activity(*host_, "vad");
    const auto stream = activity.open();
    const auto chances = run_on(io_, stream->feed(sound));
    ASSERT_TRUE(chances) << chances.error().text();
    ASSERT_EQ(chances->size(), sound.size() / 512);
    for (std::size_t i = 0; i < 28; ++i) EXPECT_LT((*chances)[i], 0.5F) << i;
    std::size_t speaking = 0;
    for (const float chance : *chances) speaking += chance > 0.5F ? 1 : 0;
    EXPECT_GT(speaking, speech.size() / 512 / 2);
    EXPECT_LT(chances->back(), 0.5F);
    const auto uneven = run_on(io_, stream->feed(std::vector<float>(100)));
    ASSERT_FALSE(uneven);
    EXPECT_EQ(uneven.error().code, base::ErrorCode::invalid_argument);
}

TEST_F(RealSpeech, TheTurnDetectorGivesAProbability) {
    SKIP_WITHOUT(kTurn, kLibraries);
    EngineTurnDetector turns(*host_, "turn");
    const auto done = run_on(io_, turns.finished(say("The weather is nice today.").heard(), {}));
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_GE(*done, 0.0F);
    EXPECT_LE(*done, 1.0F);
}

TEST_F(RealSpeech, AWakeModelHearsItsPhraseAndNothingElse) {
    SKIP_WITHOUT(kWakeBase, kHeyNook, kLibraries);
    EngineWakeSpotter spotter(*host_, "nook");
    const auto score = [&](const std::string& text) {
        const auto spotted = run_on(io_, spotter.spot(say(text).heard(), {}));
        EXPECT_TRUE(spotted) << spotted.error().text();
        return spotted.value_or(-1);
    };
    EXPECT_GT(score("Hey Nook."), 0.5F);
    EXPECT_GT(score("Hey Nook. What time is it?"), 0.5F);
    EXPECT_LT(score("The weather is nice today."), 0.1F);
    const auto silence = run_on(io_, spotter.spot(std::vector<float>(8'000), {}));
    ASSERT_TRUE(silence) << silence.error().text();
    EXPECT_LT(*silence, 0.1F);
    EngineWakeSpotter other(*host_, "no-wake");
    const auto refused = run_on(io_, other.spot(std::vector<float>(8'000), {}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::unsupported);
    EXPECT_NE(refused.error().message.find("silero_vad.onnx"), std::string::npos);
}

TEST_F(RealSpeech, KilledInMidSpeechIsACleanErrorAndTheNextCallWorks) {
    SKIP_WITHOUT(kTiny);
    std::string text;
    for (int i = 0; i < 60; ++i) text += "This is a long story about bread. ";
    Recording tape;
    tape.after_first = [&] { ::kill(host_->status().pid, SIGKILL); };
    const auto spoken = run_on(io_, voice_->speak({text, "", 1}, tape, {}));
    ASSERT_FALSE(spoken);
    EXPECT_EQ(spoken.error().code, base::ErrorCode::engine_crashed);
    EXPECT_FALSE(spoken.error().hint.empty());
    EXPECT_EQ(say("Hello again.").segments.size(), 1u);
    EXPECT_EQ(host_->status().service.starts, 2);
}

TEST_F(RealSpeech, StopEndsListeningAndTheEngineIsFreeAgain) {
    SKIP_WITHOUT(kTiny);
    const auto sound = say("Hello there, my friend.").heard();
    EngineSpeechToText ears(*host_, "tiny");
    ASSERT_TRUE(run_on(io_, ears.prewarm({})));
    std::stop_source stop;
    std::vector<float> minutes(std::size_t{120} * 16'000);
    for (std::size_t i = 0; i < minutes.size(); ++i) minutes[i] = sound[i % sound.size()];
    std::optional<base::Result<ports::Transcript>> outcome;
    const auto listen =
        [](EngineSpeechToText& by, std::vector<float> to, std::stop_token until,
           std::optional<base::Result<ports::Transcript>>& out) -> async::Task<void> {
        auto result = co_await by.transcribe({std::move(to), "", ""}, std::move(until));
        out.emplace(std::move(result));
    };
    async::spawn_detached(io_.get_executor(), "listen",
                          listen(ears, std::move(minutes), stop.get_token(), outcome));
    io_.restart();
    for (int i = 0; i < 3; ++i) io_.run_one();
    stop.request_stop();
    while (!outcome && io_.run_one() > 0) {
    }
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().code, base::ErrorCode::cancelled);
    EXPECT_EQ(plain(hear(sound).text), "hello there my friend");
}

TEST_F(RealSpeech, FilesThatAreNoModelsAreNamed) {
    SKIP_WITHOUT(kTiny);
    // The voice's own model is no recogniser, and the other way round.
    llm_engine::EngineOptions options;
    options.program = kProgram;
    options.speech_folder = kLibraries;
    options.models = {{"ears", "", kVad, EngineRole::recognise, 0, false, false},
                      {"mouth", "", kTiny, EngineRole::speak, 0, false, false}};
    host_->set_models(options.models);
    EngineSpeechToText ears(*host_, "ears");
    const auto heard = run_on(io_, ears.prewarm({}));
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().code, base::ErrorCode::corrupt) << heard.error().text();
    EngineTextToSpeech mouth(*host_, phonemizer_, {piper("mouth")}, "mouth");
    const auto said = run_on(io_, mouth.prewarm("mouth", {}));
    ASSERT_FALSE(said);
    EXPECT_EQ(said.error().code, base::ErrorCode::not_found) << said.error().text();
}

}  // namespace
}  // namespace adapters::speech_engine

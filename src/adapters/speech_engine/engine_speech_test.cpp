// The speech ports against an engine played by the test, and a phonemiser of one line.
#include <gtest/gtest.h>

#include <csignal>
#include <list>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "adapters/llm_engine/testing/fake_engine.hpp"
#include "adapters/speech_engine/engine_speech.hpp"
#include "async/testing/manual_clock.hpp"
#include "engine/wire/speech.hpp"

namespace adapters::speech_engine {
namespace {

using async::testing::ManualClock;
using engine::wire::FrameType;
using llm_engine::EngineRole;
using namespace std::chrono_literals;

llm_engine::EngineOptions options() {
    llm_engine::EngineOptions options;
    options.models_folder = "/models";
    options.models = {
        {"ears", "Ears", "/m/ears.bin", EngineRole::recognise, 0, false, false},
        {"flite", "Flite", "", EngineRole::speak, 0, false, false},
        {"joe", "Joe", "/m/joe.onnx", EngineRole::speak, 0, false, false},
        {"vad", "VAD", "/m/vad.onnx", EngineRole::activity, 0, false, false},
        {"turn", "Turn", "/m/turn.onnx", EngineRole::turn, 0, false, false},
        {"nook", "Hey Nook", "/m/nook.onnx", EngineRole::wake, 0, false, false, "", "/m"}};
    return options;
}

// Says each piece in capitals, so that a test sees what went through it.
class LoudPhonemizer final : public Phonemizer {
public:
    std::optional<base::Error> failure;
    async::Task<base::Result<std::vector<std::string>>> phonemes(std::vector<std::string> pieces,
                                                                 std::string voice,
                                                                 std::stop_token) override {
        if (failure) co_return base::fail(*failure);
        for (auto& piece : pieces) piece.insert(0, ":").insert(0, voice);
        co_return pieces;
    }
};

class Tape final : public ports::SpeechSink {
public:
    std::vector<ports::SpeechSegment> segments;
    std::size_t enough = 100;
    bool on_segment(ports::SpeechSegment segment) override {
        segments.push_back(std::move(segment));
        return segments.size() < enough;
    }
};

class Speech : public ::testing::Test {
protected:
    template <class T>
    struct Call {
        std::optional<base::Result<T>> result;
        std::stop_source stop;
    };
    // Calls outlive the test's body: closing the host still answers those that wait.
    template <class T>
    Call<T>& add() {
        auto call = std::make_shared<Call<T>>();
        calls_.push_back(call);
        return *call;
    }
    template <class T>
    static async::Task<void> keep(async::Task<base::Result<T>> task, Call<T>& call) {
        auto result = co_await std::move(task);
        call.result.emplace(std::move(result));
    }
    template <class T>
    void begin(async::Task<base::Result<T>> task, Call<T>& call) {
        async::spawn_detached(io_.get_executor(), "call", keep(std::move(task), call));
        settle();
    }
    void settle() { ManualClock::settle(io_); }
    void TearDown() override {
        async::spawn_detached(io_.get_executor(), "close", host_.close());
        clock_.advance(io_, 10s);
    }
    void segment(std::uint32_t id, int index) {
        engine::wire::Segment out;
        out.index = index;
        out.sample_rate = 16'000;
        out.text = "x";
        out.words = {{"x", 0, 10, 1}};
        out.samples = {1, -2, 3};
        engine_.send(FrameType::speech, id, engine::wire::write_sound(out));
        settle();
    }
    static std::vector<EngineVoice> voices() {
        EngineVoice flite;
        flite.voice.id = flite.model = "flite";
        EngineVoice joe;
        joe.voice.id = joe.model = "joe";
        joe.espeak = "en-us";
        EngineVoice broken;
        broken.voice.id = "broken";
        broken.voice.lacks = "its description is missing";
        return {flite, joe, broken};
    }

    boost::asio::io_context io_;
    ManualClock clock_;
    llm_engine::testing::FakeEngine engine_;
    llm_engine::EngineHost host_{io_.get_executor(), clock_, options(), engine_.launcher()};
    LoudPhonemizer phonemizer_;
    EngineSpeechToText ears_{host_, "ears"};
    EngineTextToSpeech voice_{host_, phonemizer_, voices(), "flite"};
    EngineVoiceActivity activity_{host_, "vad"};
    EngineTurnDetector turns_{host_, "turn"};
    EngineWakeSpotter wake_{host_, "nook"};
    Tape tape_;
    std::list<std::shared_ptr<void>> calls_;
    Call<void> speaking_;
};

TEST_F(Speech, SamplesGoOutAndATranscriptComesBack) {
    auto& call = add<ports::Transcript>();
    begin(ears_.transcribe({{0.0F, 1.0F, -2.0F, 0.5F}, "de", "Nook"}, {}), call);
    const auto frame = engine_.take(FrameType::transcribe);
    ASSERT_TRUE(frame);
    const auto request = engine::wire::parse_sound<engine::wire::Transcribe>(frame->payload);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->language, "de");
    EXPECT_EQ(request->context, "Nook");
    EXPECT_EQ(request->samples, (engine::wire::Samples{0, 32767, -32767, 16384}));
    engine_.send(FrameType::transcript, frame->id,
                 engine::wire::write(engine::wire::Transcript{
                     "Hallo!", "de", 0.9, false, {{"Hallo!", 10, 300, 0.9}}}));
    settle();
    ASSERT_TRUE(call.result && *call.result);
    EXPECT_EQ((*call.result)->text, "Hallo!");
    EXPECT_EQ((*call.result)->words[0].t_ms, 10);
}

TEST_F(Speech, WithoutARecogniserItSaysWhatToDo) {
    EngineSpeechToText none(host_, "");
    auto& call = add<ports::Transcript>();
    begin(none.transcribe({}, {}), call);
    ASSERT_TRUE(call.result && !*call.result);
    EXPECT_EQ(call.result->error().code, base::ErrorCode::unavailable);
    EXPECT_FALSE(call.result->error().hint.empty());
    EXPECT_EQ(engine_.starts, 0);
}

TEST_F(Speech, FliteTakesTextAndAPiperVoiceTakesPhonemes) {
    begin(voice_.speak({"One, two. Three?", "", 1.5}, tape_, {}), speaking_);
    const auto plain = engine_.take(FrameType::speak);
    ASSERT_TRUE(plain);
    const auto text = engine::wire::parse<engine::wire::Speak>(plain->payload);
    ASSERT_TRUE(text && text->clauses.size() == 2);
    EXPECT_EQ(text->clauses[0].text, "One, two.");
    EXPECT_EQ(text->clauses[0].phonemes, "");
    EXPECT_EQ(text->speed, 1.5);
    auto& other = add<void>();
    begin(voice_.speak({"One, two. Three?", "joe", 1}, tape_, {}), other);
    const auto spoken = engine_.take(FrameType::speak);
    ASSERT_TRUE(spoken);
    const auto phonemes = engine::wire::parse<engine::wire::Speak>(spoken->payload);
    ASSERT_TRUE(phonemes && phonemes->clauses.size() == 2);
    EXPECT_EQ(phonemes->clauses[0].phonemes, "en-us:One, en-us:two.");
    EXPECT_EQ(phonemes->clauses[1].phonemes, "en-us:Three?");
    engine_.send(FrameType::done, plain->id, engine::wire::write(engine::wire::Done{}));
    engine_.send(FrameType::done, spoken->id, engine::wire::write(engine::wire::Done{}));
    settle();
    EXPECT_TRUE(speaking_.result && *speaking_.result);
    EXPECT_TRUE(other.result && *other.result);
}

TEST_F(Speech, SegmentsStreamAndEachOneTakenGrantsAnother) {
    begin(voice_.speak({"One. Two.", "", 1}, tape_, {}), speaking_);
    const auto frame = engine_.take(FrameType::speak);
    ASSERT_TRUE(frame);
    segment(frame->id, 0);
    ASSERT_EQ(tape_.segments.size(), 1u);
    EXPECT_EQ(tape_.segments[0].pcm, (std::vector<std::int16_t>{1, -2, 3}));
    const auto credit = engine_.take(FrameType::credit);
    ASSERT_TRUE(credit);
    EXPECT_EQ(engine::wire::read_u32(credit->payload, 0), 1u);
    segment(frame->id, 1);
    engine_.send(FrameType::done, frame->id, engine::wire::write(engine::wire::Done{}));
    settle();
    ASSERT_TRUE(speaking_.result && *speaking_.result);
    EXPECT_EQ(tape_.segments.size(), 2u);
}

TEST_F(Speech, StopEndsTheSpeechHereAndInTheEngine) {
    begin(voice_.speak({"One. Two.", "", 1}, tape_, speaking_.stop.get_token()), speaking_);
    const auto frame = engine_.take(FrameType::speak);
    ASSERT_TRUE(frame);
    segment(frame->id, 0);
    speaking_.stop.request_stop();
    settle();
    ASSERT_TRUE(speaking_.result && !*speaking_.result);
    EXPECT_EQ(speaking_.result->error().code, base::ErrorCode::cancelled);
    EXPECT_TRUE(engine_.take(FrameType::cancel));
}

TEST_F(Speech, TheSinkCanHaveEnough) {
    tape_.enough = 1;
    begin(voice_.speak({"One. Two.", "", 1}, tape_, {}), speaking_);
    const auto frame = engine_.take(FrameType::speak);
    ASSERT_TRUE(frame);
    segment(frame->id, 0);
    EXPECT_TRUE(speaking_.result && *speaking_.result);
    EXPECT_TRUE(engine_.take(FrameType::cancel));
}

TEST_F(Speech, AnEngineThatDiesIsACleanErrorAndTheNextCallWorks) {
    begin(voice_.speak({"One.", "", 1}, tape_, {}), speaking_);
    ASSERT_TRUE(engine_.take(FrameType::speak));
    engine_.die(SIGSEGV);
    settle();
    ASSERT_TRUE(speaking_.result && !*speaking_.result);
    EXPECT_EQ(speaking_.result->error().code, base::ErrorCode::engine_crashed);
    auto& next = add<void>();
    begin(voice_.speak({"One.", "", 1}, tape_, {}), next);
    clock_.advance(io_, 1s);
    const auto frame = engine_.take(FrameType::speak);
    ASSERT_TRUE(frame);
    engine_.send(FrameType::done, frame->id, engine::wire::write(engine::wire::Done{}));
    settle();
    EXPECT_TRUE(next.result && *next.result);
}

TEST_F(Speech, AVoiceThatIsNotThereOrLacksSomethingSaysSo) {
    const auto error_of = [&](const char* voice) {
        auto& call = add<void>();
        begin(voice_.speak({"One.", voice, 1}, tape_, {}), call);
        EXPECT_TRUE(call.result && !*call.result);
        return call.result->error();
    };
    EXPECT_EQ(error_of("flitte").hint, "did you mean `flite`?");
    EXPECT_EQ(error_of("broken").code, base::ErrorCode::unavailable);
    phonemizer_.failure = base::make_error(base::ErrorCode::unavailable, "no espeak-ng");
    EXPECT_EQ(error_of("joe").message, "no espeak-ng");
    EXPECT_EQ(engine_.starts, 0) << "nothing of it needs the engine";
    auto& empty = add<void>();
    begin(voice_.speak({" ... ", "", 1}, tape_, {}), empty);
    EXPECT_TRUE(empty.result && *empty.result) << "nothing to say is no failure";
}

TEST_F(Speech, HostileSegmentsAreRefused) {
    begin(voice_.speak({"One.", "", 1}, tape_, {}), speaking_);
    const auto frame = engine_.take(FrameType::speak);
    ASSERT_TRUE(frame);
    engine_.send(FrameType::speech, frame->id, "\xff\xff\xff\xffx");
    settle();
    ASSERT_TRUE(speaking_.result && !*speaking_.result);
    EXPECT_EQ(speaking_.result->error().code, base::ErrorCode::corrupt);
}

TEST_F(Speech, EachMicrophoneHasItsOwnStream) {
    const auto one = activity_.open();
    const auto two = activity_.open();
    auto& first = add<std::vector<float>>();
    auto& second = add<std::vector<float>>();
    begin(one->feed(std::vector<float>(1024)), first);
    begin(two->feed(std::vector<float>(512)), second);
    std::vector<std::uint32_t> streams;
    for (int i = 0; i < 2; ++i) {
        const auto frame = engine_.take(FrameType::detect);
        ASSERT_TRUE(frame);
        const auto request = engine::wire::parse_sound<engine::wire::Detect>(frame->payload);
        ASSERT_TRUE(request);
        streams.push_back(request->stream);
        std::vector<float> chances(request->samples.size() / 512, 0.5F);
        engine_.send(FrameType::vectors, frame->id, engine::wire::write_vectors({chances}));
    }
    settle();
    EXPECT_NE(streams[0], streams[1]);
    ASSERT_TRUE(first.result && *first.result);
    EXPECT_EQ(**first.result, (std::vector<float>{0.5F, 0.5F}));
    ASSERT_TRUE(second.result && *second.result);
}

TEST_F(Speech, TheTurnDetectorHearsTheLastEightSeconds) {
    auto& call = add<float>();
    std::vector<float> sound(std::size_t{10} * 16'000, 0.0F);
    sound.back() = 1.0F;
    begin(turns_.finished(std::move(sound), {}), call);
    // More than a socket holds at once.
    auto frame = engine_.take(FrameType::judge);
    for (int i = 0; i < 20 && !frame; ++i) {
        settle();
        frame = engine_.take(FrameType::judge);
    }
    ASSERT_TRUE(frame);
    const auto request = engine::wire::parse_sound<engine::wire::Judge>(frame->payload);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->samples.size(), std::size_t{8} * 16'000);
    EXPECT_EQ(request->samples.back(), 32'767);
    engine_.send(FrameType::vectors, frame->id, engine::wire::write_vectors({{0.75F}}));
    settle();
    ASSERT_TRUE(call.result && *call.result);
    EXPECT_FLOAT_EQ(**call.result, 0.75F);
}

TEST_F(Speech, TheWakeSpotterAsksItsModelWhereThereIsOne) {
    EXPECT_FALSE(EngineWakeSpotter(host_, "").available());
    EXPECT_TRUE(wake_.available());
    auto& call = add<float>();
    begin(wake_.spot({0.5F, -0.5F}, {}), call);
    const auto setup = engine_.take(FrameType::setup);
    ASSERT_TRUE(setup);
    EXPECT_NE(setup->payload.find(R"("shared":"/m")"), std::string::npos) << setup->payload;
    const auto frame = engine_.take(FrameType::spot);
    ASSERT_TRUE(frame);
    const auto request = engine::wire::parse_sound<engine::wire::Spot>(frame->payload);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model, "nook");
    EXPECT_EQ(request->samples.size(), 2U);
    engine_.send(FrameType::vectors, frame->id, engine::wire::write_vectors({{0.9F}}));
    settle();
    ASSERT_TRUE(call.result && *call.result);
    EXPECT_FLOAT_EQ(**call.result, 0.9F);
}

}  // namespace
}  // namespace adapters::speech_engine

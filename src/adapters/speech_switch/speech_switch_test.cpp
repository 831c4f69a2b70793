#include "adapters/speech_switch/speech_switch.hpp"

#include <gtest/gtest.h>

#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace adapters::speech_switch {
namespace {

using base::ErrorCode;

base::Error broken(ErrorCode code = ErrorCode::upstream) {
    return base::make_error(code, "broken");
}

ports::Transcript said(std::string text) {
    ports::Transcript out;
    out.text = std::move(text);
    return out;
}

class EarServer final : public ports::SpeechToText {
public:
    ports::testing::Script<ports::Transcript> script;
    [[nodiscard]] std::string name() const override { return "studio"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::cloud; }
    [[nodiscard]] async::Task<base::Result<ports::Transcript>> transcribe(
        ports::ListenRequest, std::stop_token stop) override {
        co_return script.next(std::move(stop));
    }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::stop_token) override {
        co_return base::fail(broken(ErrorCode::unavailable));
    }
};

class VoiceServer final : public ports::TextToSpeech {
public:
    ports::testing::ScriptedTextToSpeech inner;
    std::optional<base::Error> at_once;
    [[nodiscard]] std::string name() const override { return "studio"; }
    [[nodiscard]] ports::LlmPlace place() const override { return ports::LlmPlace::local_network; }
    [[nodiscard]] async::Task<base::Result<void>> speak(ports::SpeakRequest request,
                                                        ports::SpeechSink& sink,
                                                        std::stop_token stop) override {
        if (at_once) {
            inner.asked.push_back(request);
            co_return base::fail(*at_once);
        }
        auto speaking = inner.speak(std::move(request), sink, std::move(stop));
        co_return co_await std::move(speaking);
    }
    [[nodiscard]] std::vector<ports::Voice> voices() const override {
        return {{"studio", "studio", "en", ports::LlmPlace::local_network, "", ""}};
    }
    [[nodiscard]] async::Task<base::Result<void>> prewarm(std::string, std::stop_token) override {
        co_return base::Result<void>{};
    }
};

class Tape final : public ports::SpeechSink {
public:
    bool on_segment(ports::SpeechSegment segment) override {
        words += segment.text + " ";
        return true;
    }
    std::string words;
};

struct Switch : ::testing::Test {
    ports::testing::ScriptedSpeechToText own_ear;
    ports::testing::ScriptedTextToSpeech own_voice;
    std::shared_ptr<EarServer> ear_server = std::make_shared<EarServer>();
    std::shared_ptr<VoiceServer> voice_server = std::make_shared<VoiceServer>();
    std::vector<std::string> outcomes;
    OnOutcome note = [this](const std::string& name, const base::Error* failure) {
        outcomes.push_back(name + (failure == nullptr ? " ok" : " " + failure->message));
    };
    SwitchingSpeechToText ear{own_ear, note};
    SwitchingTextToSpeech voice{own_voice, note};
    Tape tape;
    std::stop_source stop;

    base::Result<ports::Transcript> listen() {
        return async::testing::run(ear.transcribe({}, stop.get_token()));
    }
    base::Result<void> speak(std::string id = {}) {
        return async::testing::run(
            voice.speak({"one two", std::move(id), 1}, tape, stop.get_token()));
    }
};

TEST_F(Switch, HearsWithTheChosenOne) {
    own_ear.script.push(said("here"));
    EXPECT_EQ(listen()->text, "here");
    ear.use({{ear_server}, "studio", ""});
    ear_server->script.push(said("there"));
    EXPECT_EQ(listen()->text, "there");
    EXPECT_EQ(ear.name(), "studio");
    EXPECT_EQ(ear.place(), ports::LlmPlace::cloud);
    ear.use({{ear_server}, "nobody", ""});
    EXPECT_EQ(listen().error().code, ErrorCode::not_found);
    EXPECT_EQ(outcomes, std::vector<std::string>{"studio ok"});
}

TEST_F(Switch, TakesNoOtherRecogniserUnlessTheOwnerNamedOne) {
    ear.use({{ear_server}, "studio", ""});
    ear_server->script.push(base::fail(broken()));
    own_ear.script.push(said("here"));
    EXPECT_EQ(listen().error().code, ErrorCode::upstream);
    EXPECT_TRUE(own_ear.asked.empty());
    ear.use({{ear_server}, "studio", kHere});
    ear_server->script.push(base::fail(broken()));
    EXPECT_EQ(listen()->text, "here");
    EXPECT_EQ(outcomes, (std::vector<std::string>{"studio broken", "studio broken"}));
    // The other way round, too.
    ear.use({{ear_server}, "", "studio"});
    ear_server->script.push(said("there"));
    own_ear.script.push(base::fail(broken(ErrorCode::engine_crashed)));
    EXPECT_EQ(listen()->text, "there");
}

TEST_F(Switch, DoesNotFallBackWhenNobodyWaits) {
    ear.use({{ear_server}, "studio", kHere});
    stop.request_stop();
    EXPECT_EQ(listen().error().code, ErrorCode::cancelled);
    EXPECT_TRUE(own_ear.asked.empty());
    EXPECT_TRUE(outcomes.empty()) << "to be stopped is no failure of the server";
}

TEST_F(Switch, SpeaksWithTheVoiceThatIsNamed) {
    voice.use({{voice_server}, "studio/nova", ""});
    ASSERT_TRUE(speak());
    EXPECT_EQ(voice_server->inner.asked.at(0).voice, "studio/nova");
    ASSERT_TRUE(speak("scripted"));
    EXPECT_EQ(own_voice.asked.at(0).voice, "scripted");
    std::string ids;
    for (const auto& each : voice.voices()) ids += each.id + " ";
    EXPECT_EQ(ids, "scripted studio/nova studio ");
    EXPECT_EQ(voice.place(), ports::LlmPlace::local_network);
}

TEST_F(Switch, FallsBackOnlyBeforeTheFirstSound) {
    voice.use({{voice_server}, "studio", ""});
    voice_server->at_once = broken();
    EXPECT_EQ(speak().error().code, ErrorCode::upstream);
    EXPECT_TRUE(own_voice.asked.empty()) << "the owner named none";
    voice.use({{voice_server}, "studio", "scripted"});
    ASSERT_TRUE(speak());
    EXPECT_EQ(tape.words, "one two ");
    EXPECT_EQ(own_voice.asked.size(), 1U);
    voice_server->at_once.reset();
    voice_server->inner.failure = broken();  // after the first word
    tape.words.clear();
    EXPECT_EQ(speak().error().code, ErrorCode::upstream);
    EXPECT_EQ(tape.words, "one ");
    EXPECT_EQ(own_voice.asked.size(), 1U);
}

TEST_F(Switch, WarmsTheChosenOneAndGoesOnWithAFallback) {
    ear.use({{ear_server}, "studio", ""});
    EXPECT_EQ(async::testing::run(ear.prewarm({})).error().code, ErrorCode::unavailable);
    ear.use({{ear_server}, "studio", kHere});
    EXPECT_TRUE(async::testing::run(ear.prewarm({})));
    EXPECT_EQ(outcomes.size(), 2U);
}

}  // namespace
}  // namespace adapters::speech_switch

// The doubles of the speech ports keep the ports' promises, so that tests on them mean something.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace ports::testing {
namespace {

using async::testing::run_on;

class Words final : public SpeechSink {
public:
    std::string words;
    int left = 100;
    bool on_segment(SpeechSegment segment) override {
        words += segment.text + "|";
        return --left > 0;
    }
};

class Doubles : public ::testing::Test {
protected:
    boost::asio::io_context io_;
};

TEST_F(Doubles, HearWhatTheTestSaysAndThenNothing) {
    ScriptedSpeechToText ears;
    ears.script.push(Transcript{"Hello.", "en", 0.9, {}, false});
    const auto first = run_on(io_, ears.transcribe({{}, "en", ""}, {}));
    ASSERT_TRUE(first);
    EXPECT_EQ(first->text, "Hello.");
    EXPECT_EQ(ears.asked[0].language, "en");
    const auto second = run_on(io_, ears.transcribe({}, {}));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::ErrorCode::unavailable);
}

TEST_F(Doubles, SpeakWordByWordAndCanFailBeStoppedOrHaveEnough) {
    ScriptedTextToSpeech voice;
    Words all;
    ASSERT_TRUE(run_on(io_, voice.speak({"one two three", "", 1}, all, {})));
    EXPECT_EQ(all.words, "one|two|three|");
    Words some;
    some.left = 2;
    ASSERT_TRUE(run_on(io_, voice.speak({"one two three", "", 1}, some, {})));
    EXPECT_EQ(some.words, "one|two|");
    voice.failure = base::make_error(base::ErrorCode::engine_crashed, "gone");
    Words cut;
    EXPECT_FALSE(run_on(io_, voice.speak({"one two three", "", 1}, cut, {})));
    EXPECT_EQ(cut.words, "one|");
    std::stop_source stop;
    stop.request_stop();
    Words none;
    const auto stopped = run_on(io_, voice.speak({"one", "", 1}, none, stop.get_token()));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, base::ErrorCode::cancelled);
}

TEST_F(Doubles, LoudWindowsAreSpeech) {
    LoudnessActivity activity;
    const auto ear = activity.open();
    std::vector<float> sound(2 * kVoiceWindow, 0.0F);
    sound[600] = -0.5F;
    const auto chances = run_on(io_, ear->feed(sound));
    ASSERT_TRUE(chances && chances->size() == 2);
    EXPECT_LT((*chances)[0], 0.5F);
    EXPECT_GT((*chances)[1], 0.5F);
    EXPECT_FALSE(run_on(io_, ear->feed({0.0F})));
}

}  // namespace
}  // namespace ports::testing

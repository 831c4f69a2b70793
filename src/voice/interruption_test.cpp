#include "voice/interruption.hpp"

#include <string>

#include <gtest/gtest.h>

namespace voice {
namespace {

struct Name {
    std::string operator()(const PausePlayback&) const { return "pause"; }
    std::string operator()(const ResumePlayback& r) const {
        switch (r.reason) {
            case ResumeReason::backchannel:
                return "resume: backchannel";
            case ResumeReason::own_voice:
                return "resume: own voice";
            case ResumeReason::too_quiet:
                return "resume: too quiet";
            case ResumeReason::no_speech:
                return "resume: no speech";
        }
        return "?";
    }
    std::string operator()(const CancelPlayback& c) const {
        return c.reason == CancelReason::words ? "cancel: words" : "cancel: loud";
    }
};

class Overlap {
public:
    Overlap() { interruption.playback_started(); }

    void add(const Reactions& reactions) {
        for (const auto& each : reactions) {
            story += (story.empty() ? "" : ", ") + std::visit(Name{}, each);
            when = now;
        }
    }
    void windows(int count, float probability, float level) {
        for (int i = 0; i < count; ++i) {
            now += Time{32};
            add(interruption.hear({position, probability, level}, now));
            position += kVadWindow;
        }
    }
    void speech(int count, float level = -20.0F) { windows(count, 0.9F, level); }
    void quiet(int count) { windows(count, 0.05F, -60.0F); }
    void words(std::string_view text) { add(interruption.transcript(text, now)); }

    Interruption interruption{InterruptionSettings{}};
    Time now{0};
    Time when{0};
    Samples position = 0;
    std::string story;
};

TEST(Interruption, TwoWindowsOfSpeechPauseAndOneDoesNot) {
    Overlap scene;
    for (int i = 0; i < 10; ++i) {
        scene.speech(1);
        scene.quiet(2);
    }
    EXPECT_EQ(scene.story, "");
    const Time before = scene.now;
    scene.speech(2);
    EXPECT_EQ(scene.story, "pause");
    EXPECT_EQ((scene.when - before).count(), 64);
}

TEST(Interruption, RealWordsCancelAtOnce) {
    Overlap scene;
    scene.speech(6);
    scene.words("wait a");
    EXPECT_EQ(scene.story, "pause, cancel: words");
    scene.speech(40);
    EXPECT_EQ(scene.story, "pause, cancel: words");
}

TEST(Interruption, AListenersNoiseResumesWhenItIsOver) {
    for (const std::string_view text : {"mhm", "Yeah.", "ja, genau", "嗯"}) {
        Overlap scene;
        scene.speech(5);
        scene.words(text);
        EXPECT_EQ(scene.story, "pause");
        scene.quiet(6);
        EXPECT_EQ(scene.story, "pause, resume: backchannel") << text;
    }
}

TEST(Interruption, ABackchannelThatGoesOnIsAnInterruption) {
    Overlap scene;
    scene.speech(5);
    scene.words("yeah");
    scene.speech(4);
    scene.words("yeah but that is wrong");
    EXPECT_EQ(scene.story, "pause, cancel: words");
}

TEST(Interruption, OurOwnVoiceIsNotAnInterruption) {
    Overlap scene;
    scene.interruption.saying("The weather in Berlin is mild,");
    scene.interruption.saying("and dry all day long.");
    scene.speech(8);
    scene.words("berlin is mild and dry");
    scene.speech(10);
    EXPECT_EQ(scene.story, "pause, resume: own voice");
    // It goes on hearing itself: no flapping.
    scene.speech(60);
    EXPECT_EQ(scene.story, "pause, resume: own voice");
}

TEST(Interruption, APersonWhoTalksOverOurEchoIsHeard) {
    Overlap scene;
    scene.interruption.saying("The weather in Berlin is mild and dry.");
    scene.speech(20);
    EXPECT_EQ(scene.story, "pause, cancel: loud");
    Overlap other;
    other.interruption.saying("The weather in Berlin is mild and dry.");
    other.speech(8);
    other.words("berlin is mild");
    other.speech(10);
    other.words("berlin is mild no stop tell me about rome");
    EXPECT_EQ(other.story, "pause, resume: own voice, cancel: words");
}

TEST(Interruption, WithoutWordsLoudnessDecidesWithinHalfASecond) {
    Overlap loud;
    loud.speech(2);
    const Time paused = loud.now;
    loud.speech(40);
    EXPECT_EQ(loud.story, "pause, cancel: loud");
    EXPECT_LE((loud.when - paused).count(), 512);
    Overlap soft;
    soft.speech(30, -55.0F);
    EXPECT_EQ(soft.story, "pause, resume: too quiet");
    Overlap cough;
    cough.speech(4);
    cough.quiet(20);
    EXPECT_EQ(cough.story, "pause, resume: no speech");
}

TEST(Interruption, TheClockDecidesWhenTheMicrophoneStops) {
    Overlap scene;
    scene.speech(2, -60.0F);
    ASSERT_TRUE(scene.interruption.next_deadline());
    scene.now = *scene.interruption.next_deadline();
    scene.add(scene.interruption.tick(scene.now));
    EXPECT_EQ(scene.story, "pause, resume: too quiet");
    EXPECT_FALSE(scene.interruption.next_deadline());
}

TEST(Interruption, AfterAResumeASecondInterruptionIsTakenAsWell) {
    Overlap scene;
    scene.speech(5);
    scene.words("mhm");
    scene.quiet(20);
    scene.speech(5);
    scene.words("stop");
    EXPECT_EQ(scene.story, "pause, resume: backchannel, pause, cancel: words");
}

TEST(Interruption, SpeechWhileNothingPlaysIsNone) {
    Overlap scene;
    scene.interruption.playback_ended();
    scene.speech(50);
    scene.words("hello there");
    EXPECT_EQ(scene.story, "");
}

}  // namespace
}  // namespace voice

// Words are known before somebody has finished: when they are listened to, and what comes of it.
#include "voice/early_listening.hpp"

#include <gtest/gtest.h>

#include "voice/testing/talk_fixture.hpp"

namespace voice {
namespace {

using testing::TalkTest;
namespace event = voice::event;

struct Windows {
    TurnSettings settings;
    EarlyListening early;
    Samples position = 0;
    int begun = 0;
    std::vector<long long> ends;  // ms up to which it was to be listened

    void hear(int ms, float probability, bool pauses) {
        for (int done = 0; done < ms; done += 32) {
            const auto advice = early.hear({position, probability}, 0, pauses, settings);
            position += kVadWindow;
            begun += advice.begins ? 1 : 0;
            if (!advice.listen_to) continue;
            ends.push_back(media::time_of(*advice.listen_to, kHearingHz).count());
            early.listened();
        }
    }
};

TEST(EarlyListening, ComesAfterEveryStretchOfNewSpeech) {
    Windows w;
    w.hear(2'400, 0.9F, false);
    EXPECT_EQ(w.ends, (std::vector<long long>{480, 1'280, 2'080}));
    EXPECT_EQ(w.begun, 1);
    w.hear(5'000, 0.0F, false);
    w.hear(320, 0.9F, false);
    EXPECT_EQ(w.ends.size(), 3U) << "little was said since, and silence says nothing";
}

TEST(EarlyListening, ComesSeldomWhereTheRecogniserIsSlow) {
    Windows w;
    w.early.took(Time{400});
    w.hear(4'000, 0.9F, false);
    EXPECT_EQ(w.ends, (std::vector<long long>{480, 2'496}));
}

TEST(EarlyListening, InAPauseOnceAndOnlyWhenItIsAskedFor) {
    Windows w;
    w.hear(64, 0.9F, true);
    EXPECT_EQ(w.begun, 0) << "a click is no word";
    w.hear(256, 0.9F, true);
    EXPECT_EQ(w.begun, 1);
    w.hear(2'000, 0.0F, true);
    EXPECT_EQ(w.ends, (std::vector<long long>{384}));
    EXPECT_TRUE(w.early.silent_since(media::samples_in(Time{320}, kHearingHz)));
    w.hear(64, 0.9F, true);
    EXPECT_FALSE(w.early.silent_since(media::samples_in(Time{416}, kHearingHz)));
    w.hear(2'000, 0.0F, true);
    EXPECT_EQ(w.ends.size(), 1U) << "a click is no word";
}

class EarlyTalk : public TalkTest {
protected:
    void by_hand() {
        settings_.turns.mode = TurnMode::manual;
        begin();
    }
    void begin() {
        settings_.listens_early = true;
        start();
    }
};

TEST_F(EarlyTalk, WordsAreToldAndReadAheadWhileTheySpeak) {
    begin();
    recogniser_.will_hear("what time is it in ro");
    speak_for(900);
    ASSERT_EQ(count<event::Transcript>(), 1U);
    EXPECT_FALSE(last<event::Transcript>().final);
    EXPECT_EQ(last<event::Transcript>().turn, 1U);
    EXPECT_EQ(last<event::Transcript>().heard.text, "what time is it in ro");
    ASSERT_EQ(responder_.prepared.size(), 2U);
    EXPECT_EQ(responder_.prepared[1].text, "what time is it in") << "the last may be half a word";
    recogniser_.will_hear("what time is it in Rome");
    responder_.will_say("Noon.");
    silence_for(600);
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it in Rome");
}

TEST_F(EarlyTalk, NobodyListensEarlyWhileAReplyIsSpoken) {
    start();
    ask("tell me a story");
    std::string story;
    for (int i = 0; i < 8; ++i) story += "One two three four five. ";
    responder_.will_say(story);
    silence_for(900);
    ASSERT_EQ(talk_->state(), event::State::speaking);
    settings_.on_speech = OnSpeech::ignore;
    settings_.listens_early = true;
    ASSERT_TRUE(talk_->configure(settings_));
    const auto before = recogniser_.samples.size();
    speak_for(1'000);
    EXPECT_EQ(talk_->state(), event::State::speaking);
    EXPECT_EQ(recogniser_.samples.size(), before);
    silence_for(4'000);
}

TEST_F(EarlyTalk, WithAButtonTheWordsAreKnownWhenItIsLetGo) {
    by_hand();
    recogniser_.will_hear("what time is");
    recogniser_.will_hear("what time is it");
    speak_for(640);
    silence_for(160);
    ASSERT_EQ(recogniser_.samples.size(), 2U) << "the second in the pause";
    ASSERT_EQ(responder_.prepared.size(), 3U);
    EXPECT_EQ(responder_.prepared[0].text, "") << "they have only begun";
    EXPECT_EQ(responder_.prepared[1].text, "what time");
    EXPECT_EQ(responder_.prepared[2].text, "what time is it");
    EXPECT_EQ(count<event::SpeechStarted>(), 0U) << "the button says where a turn is";
    EXPECT_TRUE(responder_.questions.empty());
    responder_.will_say("Noon.");
    talk_->commit();
    settle();
    EXPECT_EQ(recogniser_.samples.size(), 2U) << "nothing was said since";
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it");
    EXPECT_TRUE(last<event::Transcript>().final);
    silence_for(500);
}

TEST_F(EarlyTalk, WithAButtonWhatWasSaidSinceIsHeard) {
    by_hand();
    recogniser_.will_hear("what time is");
    recogniser_.will_hear("what time is it");
    speak_for(640);
    silence_for(160);
    speak_for(320);
    recogniser_.will_hear("what time is it in Rome");
    responder_.will_say("Noon.");
    talk_->commit();
    settle();
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it in Rome");
    silence_for(500);
}

TEST_F(EarlyTalk, WithAButtonARecognitionUnderWayIsTakenOver) {
    by_hand();
    recogniser_.will_hang();
    speak_for(480);
    silence_for(160);
    recogniser_.will_hear("what time is it");
    talk_->commit();
    settle();
    EXPECT_EQ(recogniser_.samples.size(), 1U) << "it is not begun again";
    EXPECT_EQ(talk_->state(), event::State::thinking);
    responder_.will_say("Noon.");
    silence_for(21'000);  // the limit of one recognition; then it is tried again
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it");
}

TEST_F(EarlyTalk, AClearedTurnIsForgotten) {
    by_hand();
    recogniser_.will_hear("forget this");
    speak_for(480);
    silence_for(160);
    talk_->clear();
    recogniser_.will_hear("");
    silence_for(320);
    talk_->commit();
    settle();
    EXPECT_EQ(recogniser_.samples.size(), 2U) << "the silence since is heard for itself";
    EXPECT_TRUE(responder_.questions.empty());
}

TEST_F(EarlyTalk, WhatFailsEarlyIsSaidByWhoeverListensNext) {
    begin();
    recogniser_.will_fail(base::make_error(base::ErrorCode::unavailable, "no ears"));
    recogniser_.will_hear("what time is it");
    speak_for(900);
    EXPECT_EQ(recogniser_.samples.size(), 1U);
    EXPECT_EQ(count<event::Failure>(), 0U);
    responder_.will_say("Noon.");
    silence_for(600);
    EXPECT_EQ(responder_.questions.size(), 1U);
}

}  // namespace
}  // namespace voice

// Whole spoken conversations on scripted engines and the manual clock.
#include <gtest/gtest.h>

#include "voice/testing/talk_fixture.hpp"

namespace voice {
namespace {

using testing::TalkTest;
namespace event = voice::event;

TEST_F(TalkTest, AQuestionIsHeardAnsweredAndPlayedToItsEnd) {
    start();
    recogniser_.will_hear("what time is it");
    responder_.will_say("It is noon now. Enjoy your lunch.");
    speak_for(1'000);
    silence_for(600);
    EXPECT_EQ(count<event::SpeechStarted>(), 1U);
    EXPECT_EQ(count<event::Committed>(), 1U);
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it");
    silence_for(1'500);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    const auto& done = last<event::ResponseDone>();
    EXPECT_EQ(done.ending.status, ResponseStatus::completed);
    EXPECT_EQ(done.ending.heard_text, "It is noon now. Enjoy your lunch.");
    EXPECT_EQ(samples_out(done.ending.response), done.ending.heard.samples);
    ASSERT_EQ(responder_.endings.size(), 1U);
    EXPECT_EQ(talk_->state(), event::State::listening);
}

TEST_F(TalkTest, NothingIsAnsweredBeforeTheTurnEnds) {
    start();
    recogniser_.will_hear("I would like to");
    recogniser_.will_hear("I would like to know the time");
    responder_.will_say("Noon.");
    speak_for(800);
    silence_for(700);  // a pause in mid-sentence
    EXPECT_EQ(responder_.questions.size(), 0U);
    EXPECT_EQ(count<event::ResponseStarted>(), 0U);
    speak_for(800);
    EXPECT_EQ(count<event::Reopened>(), 1U);
    silence_for(1'500);
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "I would like to know the time");
    EXPECT_EQ(count<event::Committed>(), 1U);
}

TEST_F(TalkTest, WorkIsPreparedFromTheBeginningAndInThePauseAndStoppedWhenTheyGoOn) {
    start();
    recogniser_.will_hear("what time is it");
    recogniser_.will_hear("what time is it in Rome");
    speak_for(800);
    ASSERT_EQ(responder_.prepared.size(), 1U);
    EXPECT_EQ(responder_.prepared[0].text, "") << "they have only begun";
    EXPECT_EQ(responder_.prepared[0].revision, 0U);
    EXPECT_FALSE(responder_.prepare_stops[0].stop_requested());
    silence_for(150);
    ASSERT_EQ(responder_.prepared.size(), 2U);
    EXPECT_TRUE(responder_.prepare_stops[0].stop_requested()) << "the words say more";
    EXPECT_EQ(responder_.prepared[1].text, "what time is it");
    EXPECT_FALSE(responder_.prepare_stops[1].stop_requested());
    speak_for(500);
    EXPECT_TRUE(responder_.prepare_stops[1].stop_requested());
    responder_.will_say("Noon.");
    silence_for(600);
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(responder_.questions[0].text, "what time is it in Rome");
}

TEST_F(TalkTest, WordsInMidSentenceArePreparedTooAndTheTurnEndsWhatIsPrepared) {
    start();
    recogniser_.will_hear("I would like to");
    recogniser_.will_hear("I would like to know the time");
    speak_for(800);
    silence_for(700);
    ASSERT_EQ(responder_.prepared.size(), 2U);
    EXPECT_EQ(responder_.prepared[1].text, "I would like to");
    speak_for(800);
    responder_.will_say("Noon.");
    silence_for(1'500);
    ASSERT_EQ(responder_.questions.size(), 1U);
    for (const auto& stop : responder_.prepare_stops) EXPECT_TRUE(stop.stop_requested());
}

TEST_F(TalkTest, NoiseWithoutWordsWithdrawsWhatWasPrepared) {
    start();
    recogniser_.will_hear("");
    speak_for(200);
    ASSERT_EQ(responder_.prepared.size(), 1U);
    silence_for(3'000);
    EXPECT_EQ(responder_.prepared.size(), 1U) << "there are no words to prepare";
    EXPECT_TRUE(responder_.prepare_stops[0].stop_requested());
    EXPECT_TRUE(responder_.questions.empty());
}

TEST_F(TalkTest, WhileAReplyIsSpokenNothingIsPrepared) {
    start();
    ask("tell me a story");
    responder_.will_say("One two three four five. Six seven eight nine ten. Eleven twelve.");
    silence_for(900);
    ASSERT_EQ(talk_->state(), event::State::speaking);
    const auto before = responder_.prepared.size();
    recogniser_.will_hear("wait a moment please");
    speak_for(96);
    EXPECT_EQ(responder_.prepared.size(), before) << "history is not settled yet";
    silence_for(1'500);
}

TEST_F(TalkTest, WordsInterruptAndHistoryKeepsWhatWasHeard) {
    start();
    ask("tell me a story");
    responder_.will_say("One two three four five. Six seven eight nine ten. Eleven twelve.");
    silence_for(900);
    ASSERT_EQ(talk_->state(), event::State::speaking);
    recogniser_.will_hear("wait a moment please");
    speak_for(96);
    EXPECT_EQ(count<event::Paused>(), 1U) << "after two windows";
    EXPECT_EQ(talk_->state(), event::State::interrupted);
    speak_for(400);
    ASSERT_EQ(count<event::Cancelled>(), 1U);
    EXPECT_EQ(last<event::Cancelled>().cause, event::CancelCause::words);
    recogniser_.will_hear("wait a moment please");
    silence_for(100);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    const auto ending = last<event::ResponseDone>().ending;
    EXPECT_EQ(ending.status, ResponseStatus::interrupted);
    EXPECT_TRUE(ending.text.starts_with(ending.heard_text));
    EXPECT_GT(ending.heard_text.size(), 3U);
    EXPECT_LT(ending.heard_text.size(), ending.text.size());
    ASSERT_EQ(responder_.endings.size(), 1U);
    EXPECT_EQ(responder_.endings[0].heard_text, ending.heard_text);
    responder_.will_say("Yes.");
    silence_for(1'500);
    ASSERT_EQ(responder_.questions.size(), 2U) << "what interrupted is answered";
    EXPECT_EQ(responder_.questions[1].text, "wait a moment please");
}

TEST_F(TalkTest, ABackchannelResumesTheSameAudio) {
    settings_.lead = Time{400};
    start();
    ask("tell me a story");
    responder_.will_say(
        "One two three four five. Six seven eight nine ten. Eleven twelve thirteen fourteen "
        "fifteen. Sixteen seventeen eighteen nineteen twenty.");
    silence_for(900);
    const auto out_before = samples_out(1);
    recogniser_.will_hear("mhm");
    recogniser_.will_hear("mhm");
    speak_for(128);
    ASSERT_EQ(count<event::Paused>(), 1U);
    EXPECT_GE(samples_out(1), out_before);
    const auto while_paused = samples_out(1);
    silence_for(300);
    ASSERT_EQ(count<event::Resumed>(), 1U);
    EXPECT_EQ(last<event::Resumed>().reason, ResumeReason::backchannel);
    EXPECT_EQ(count<event::Cancelled>(), 0U);
    silence_for(3'000);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::completed);
    EXPECT_GT(samples_out(1), while_paused);
    EXPECT_TRUE(audio_is_gapless(1));
    EXPECT_EQ(responder_.questions.size(), 1U) << "a listener's noise is no turn";
}

TEST_F(TalkTest, OurOwnVoiceOutOfTheLoudspeakerDoesNotInterrupt) {
    start();
    ask("tell me a story");
    responder_.will_say("One two three four five. Six seven eight nine ten. Eleven twelve.");
    silence_for(900);
    for (int look = 0; look < 6; ++look) recogniser_.will_hear("two three four");
    speak_for(400);
    silence_for(400);
    EXPECT_EQ(count<event::Cancelled>(), 0U);
    ASSERT_EQ(count<event::Resumed>(), 1U);
    EXPECT_EQ(last<event::Resumed>().reason, ResumeReason::own_voice);
    EXPECT_EQ(responder_.questions.size(), 1U);
}

TEST_F(TalkTest, TheStopButtonSilencesAtOnceAndNoAudioFollows) {
    start();
    ask("tell me a story");
    responder_.will_say("One two three four five. Six seven eight nine ten. Eleven twelve.");
    silence_for(900);
    ASSERT_TRUE(talk_->cancel(std::nullopt));
    ASSERT_EQ(count<event::Cancelled>(), 1U);
    const auto out = samples_out(1);
    silence_for(2'000);
    EXPECT_EQ(samples_out(1), out);
    EXPECT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_FALSE(talk_->cancel(std::nullopt));
}

TEST_F(TalkTest, AnUncertainTranscriptIsAskedBack) {
    start();
    recogniser_.will_hear("fish umbrella tomorrow", 0.1);
    speak_for(800);
    silence_for(3'000);
    EXPECT_EQ(responder_.questions.size(), 0U);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.text, talk_->settings().say_again);
}

TEST_F(TalkTest, ANoiseWithoutWordsIsNoTurn) {
    start();
    recogniser_.will_hear("");
    speak_for(300);
    silence_for(2'000);
    EXPECT_EQ(responder_.questions.size(), 0U);
    EXPECT_EQ(count<event::TurnDropped>(), 1U);
    EXPECT_EQ(count<event::Committed>(), 0U);
    EXPECT_EQ(talk_->state(), event::State::listening);
}

TEST_F(TalkTest, AVoiceThatDiesIsSaidInTextAndTheConversationGoesOn) {
    start();
    voice_.failure = base::make_error(base::ErrorCode::engine_crashed, "the engine died");
    ask("tell me a story");
    responder_.will_say("One two three four five. Six seven eight nine ten.");
    silence_for(2'000);
    ASSERT_EQ(count<event::Failure>(), 1U);
    EXPECT_EQ(last<event::Failure>().stage, "voice");
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    const auto ending = last<event::ResponseDone>().ending;
    EXPECT_EQ(ending.status, ResponseStatus::failed);
    EXPECT_EQ(ending.text, "One two three four five. Six seven eight nine ten.");
    voice_.failure.reset();
    ask("what time is it");
    responder_.will_say("Better.");
    silence_for(2'000);
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::completed);
}

TEST_F(TalkTest, ARecogniserThatFailsOnceIsAskedAgain) {
    start();
    recogniser_.will_fail(base::make_error(base::ErrorCode::engine_crashed, "the engine died"));
    recogniser_.will_hear("what time is it");
    responder_.will_say("Noon.");
    speak_for(800);
    silence_for(2'500);
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(count<event::Failure>(), 1U);
}

TEST_F(TalkTest, ARecogniserThatHangsIsGivenUpAndToldOf) {
    settings_.engine_timeout = Time{2'000};
    start();
    recogniser_.will_hang();
    recogniser_.will_hang();
    speak_for(800);
    silence_for(6'000);
    EXPECT_EQ(count<event::TranscriptFailed>(), 1U);
    EXPECT_EQ(last<event::Failure>().error.code, base::ErrorCode::timeout);
    EXPECT_EQ(talk_->state(), event::State::listening);
    ask("what time is it");
    responder_.will_say("Noon.");
    silence_for(600);
    EXPECT_EQ(responder_.questions.size(), 1U);
}

TEST_F(TalkTest, AMicrophoneThatStopsEndsTheTurnByTheClock) {
    start();
    recogniser_.will_hear("what time is it");
    responder_.will_say("Noon.");
    speak_for(800);
    pass(3'000);  // not a sample more
    ASSERT_EQ(responder_.questions.size(), 1U);
    EXPECT_EQ(last<event::Committed>().reason, TurnEndReason::audio_stopped);
}

TEST_F(TalkTest, AudioGoesOutNoFurtherAheadThanAllowed) {
    settings_.reports_playback = true;
    settings_.lead = Time{500};
    start();
    ask("tell me a story");
    responder_.will_say("a b c d e f g h i j k l m n o p q r s t u v w x y z.");
    silence_for(1'500);
    EXPECT_GE(out_ms(1), 500);
    EXPECT_LE(out_ms(1), 600) << "one stretch more at most";
    talk_->played(1, Time{300});
    settle();
    EXPECT_GE(out_ms(1), 800);
    EXPECT_LE(out_ms(1), 900);
    for (int ms = 400; ms < 4'000; ms += 100) {
        talk_->played(1, Time{ms});
        silence_for(64);
    }
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::completed);
}

TEST_F(TalkTest, APlayerThatStopsIsGivenUp) {
    settings_.reports_playback = true;
    start();
    ask("tell me a story");
    responder_.will_say("One two three.");
    silence_for(13'000);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.heard_text, "");
    EXPECT_EQ(last<event::Failure>().stage, "player");
}

TEST_F(TalkTest, PushToTalkEndsTheTurnWithTheButton) {
    settings_.turns.mode = TurnMode::manual;
    start();
    speak_for(640);
    silence_for(2'000);
    EXPECT_EQ(count<event::SpeechStarted>(), 0U);
    recogniser_.will_hear("I would like to");
    responder_.will_say("Yes?");
    talk_->commit();
    silence_for(100);
    ASSERT_EQ(responder_.questions.size(), 1U) << "unfinished or not, the button says so";
    talk_->clear();
    talk_->commit();
    settle();
    EXPECT_EQ(last<event::Failure>().stage, "commit");
}

TEST_F(TalkTest, WithoutAnyEngineEverythingIsToldAndNothingBreaks) {
    engines_ = {};
    start();
    speak_for(500);
    EXPECT_EQ(last<event::Failure>().stage, "activity");
    ASSERT_TRUE(talk_->respond({&responder_, {}, {}, ""}));
    responder_.will_say("Hello there.");
    silence_for(500);
    ASSERT_EQ(count<event::ResponseDone>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.status, ResponseStatus::failed);
}

TEST_F(TalkTest, AnAnswerThatBeginsAgainBeforeItIsHeardIsReplaced) {
    start();
    ask("tell me a story");
    responder_.will_say("Wrong");
    responder_.will_restart();
    responder_.will_say("Right answer.");
    silence_for(1'500);
    EXPECT_EQ(count<event::ResponseRestarted>(), 1U);
    EXPECT_EQ(last<event::ResponseDone>().ending.heard_text, "Right answer.");
}

TEST_F(TalkTest, TheStagesOfATurnAreMeasured) {
    start();
    ask("what time is it");
    responder_.will_say("Noon.");
    silence_for(1'000);
    ASSERT_EQ(count<event::Latency>(), 1U);
    const auto& stages = last<event::Latency>().stages;
    ASSERT_EQ(stages.size(), 5U);
    EXPECT_EQ(stages[4].name, "first_sound");
    EXPECT_GE(stages[4].ms, 250);
    EXPECT_LE(stages[4].ms, 450);
}

}  // namespace
}  // namespace voice

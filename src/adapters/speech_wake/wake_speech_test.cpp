#include "adapters/speech_wake/wake_speech.hpp"

#include <gtest/gtest.h>

#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace adapters::speech_wake {
namespace {

ports::Transcript said(std::string text) {
    ports::Transcript transcript;
    transcript.text = std::move(text);
    transcript.confidence = 0.9;
    transcript.no_speech = transcript.text.empty();
    return transcript;
}

class WakeSpeech : public ::testing::Test {
protected:
    base::Result<ports::Transcript> hear(std::size_t samples = 16'000,
                                         std::string phrase = "Hey Nook") {
        ports::ListenRequest request;
        request.samples.resize(samples);
        request.phrase = std::move(phrase);
        return async::testing::run(stage_.transcribe(std::move(request), stop_.get_token()));
    }
    ports::testing::ScriptedSpeechToText recogniser_;
    ports::testing::ScriptedWakeSpotter spotter_;
    WakeSpeechToText stage_{recogniser_, spotter_};
    std::stop_source stop_;
};

TEST_F(WakeSpeech, WhatCannotBeThePhraseIsNotRecognised) {
    spotter_.script.push(0.001F);
    const auto heard = hear();
    ASSERT_TRUE(heard);
    EXPECT_TRUE(heard->no_speech);
    EXPECT_LT(heard->wake_score.value_or(1), 0.01);
    EXPECT_TRUE(recogniser_.asked.empty());
}

TEST_F(WakeSpeech, ThePhraseIsRecognisedWithWhatFollowsItAndScored) {
    spotter_.script.push(0.75F);
    recogniser_.script.push(said("Hey look, what time is it?"));
    const auto heard = hear(std::size_t{10} * 16'000);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "Hey look, what time is it?");
    EXPECT_EQ(heard->wake_score, 0.75);
    EXPECT_EQ(spotter_.asked, std::vector<std::size_t>{std::size_t{6} * 16'000})
        << "the phrase begins what is said";
    ASSERT_EQ(recogniser_.asked.size(), 1U);
    EXPECT_EQ(recogniser_.asked[0].samples.size(), std::size_t{10} * 16'000);
    EXPECT_TRUE(recogniser_.asked[0].phrase.empty()) << "it is known how well it fits";
}

TEST_F(WakeSpeech, ThePhraseCountsWhereTheRecogniserFoundNothing) {
    spotter_.script.push(0.9F);
    recogniser_.script.push(said(""));
    const auto heard = hear();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "Hey Nook");
    EXPECT_FALSE(heard->no_speech);
    spotter_.script.push(0.1F);
    recogniser_.script.push(said(""));
    EXPECT_TRUE(hear()->no_speech);
}

TEST_F(WakeSpeech, WithoutAModelOrAPhraseTheRecogniserDecides) {
    recogniser_.script.push(said("Good morning."));
    EXPECT_EQ(hear(16'000, "")->wake_score, std::nullopt);
    spotter_.here = false;
    recogniser_.script.push(said("Hey Nook."));
    EXPECT_EQ(hear()->wake_score, std::nullopt);
    EXPECT_TRUE(spotter_.asked.empty());
    EXPECT_EQ(recogniser_.asked.at(1).phrase, "Hey Nook");
}

TEST_F(WakeSpeech, ErrorsOfBothPass) {
    spotter_.script.push(base::fail(base::ErrorCode::engine_crashed, "gone"));
    EXPECT_EQ(hear().error().code, base::ErrorCode::engine_crashed);
    EXPECT_TRUE(recogniser_.asked.empty());
    spotter_.script.push(0.9F);
    EXPECT_EQ(hear().error().code, base::ErrorCode::unavailable)
        << "the recogniser's script ran out";
    stop_.request_stop();
    EXPECT_EQ(hear().error().code, base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace adapters::speech_wake

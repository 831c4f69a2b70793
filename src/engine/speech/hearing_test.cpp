// The judgement around the recogniser.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/speech/hearing.hpp"

namespace engine::speech {
namespace {

constexpr std::size_t kSecond = 16'000;

TEST(Context, FollowsTheSpeechWithAMarginAndIsNeverTooSmall) {
    EXPECT_EQ(context_for(0), 512);
    EXPECT_EQ(context_for(3 * kSecond), 512);
    EXPECT_EQ(context_for(10 * kSecond), 576);  // 500 + 64, in steps of 64
    EXPECT_EQ(context_for(20 * kSecond), 1088);
    EXPECT_EQ(context_for(29 * kSecond), 1500);
    EXPECT_EQ(context_for(300 * kSecond), 1500);
    for (std::size_t seconds = 0; seconds < 28; ++seconds) {
        EXPECT_GE(context_for(seconds * kSecond), static_cast<int>(seconds) * 50 + 64 - 63);
    }
}

TEST(Context, IsWidenedTwiceAtMost) {
    EXPECT_EQ(wider_context(512), 768);
    EXPECT_EQ(wider_context(576), 832);
    EXPECT_EQ(wider_context(1088), 1500);
    for (int positions = kLeastContext; positions <= kFullContext; positions += 4) {
        EXPECT_EQ(wider_context(wider_context(positions)), kFullContext) << positions;
        if (positions < kFullContext) EXPECT_GT(wider_context(positions), positions);
    }
}

TEST(Loops, AreFoundAndOrdinarySpeechIsNot) {
    EXPECT_TRUE(is_loop("the the the the the the the"));
    EXPECT_TRUE(is_loop("I am going, I am going, I am going, I am going, I am going."));
    EXPECT_TRUE(is_loop("So here we go. So here we go. So here we go. So here we go. So here we"));
    EXPECT_FALSE(is_loop("No, no, no, no!"));
    EXPECT_FALSE(is_loop("Row, row, row your boat, gently down the stream."));
    EXPECT_FALSE(is_loop("That that is is that that is not is not."));
    EXPECT_FALSE(is_loop(""));
}

TEST(Loops, APhraseTwiceIsDoubled) {
    EXPECT_TRUE(is_doubled("What is the weather in Rome? What is the weather in Rome?"));
    EXPECT_TRUE(is_doubled(" So here we go. so, here we go"));
    EXPECT_FALSE(is_doubled("What is the weather in Rome?"));
    EXPECT_FALSE(is_doubled("What is the weather in Rome? What is the weather in Bern?"));
    EXPECT_FALSE(is_doubled("I said: here we go, here we go"));
    EXPECT_FALSE(is_doubled("Come on, come on!"));
    EXPECT_FALSE(is_doubled("No, no, no, no!"));
    EXPECT_FALSE(is_doubled(""));
}

Evidence clear_speech() {
    return {0.85, 0.02, -22};
}

TEST(Junk, ASpokenThankYouStays) {
    for (const char* said : {"Thank you.", " Thank you very much!", "Okay.", "Bye.", "You."}) {
        EXPECT_EQ(judge(said, clear_speech()), Verdict::speech) << said;
    }
    // Said softly, but surely.
    EXPECT_EQ(judge("Thank you.", {0.9, 0.05, -50}), Verdict::speech);
}

TEST(Junk, WhatModelsMakeUpFromSilenceGoes) {
    EXPECT_EQ(judge("Thank you.", {0.3, 0.1, -30}), Verdict::junk) << "the model guessed";
    EXPECT_EQ(judge("Thanks for watching!", {0.8, 0.8, -30}), Verdict::junk);
    EXPECT_EQ(judge("you", {0.7, 0.1, -55}), Verdict::junk) << "hardly any sound";
    EXPECT_EQ(judge("Vielen Dank fürs Zuschauen.", {0.4, 0.1, -30}), Verdict::junk);
    EXPECT_EQ(judge("Turn on the light.", {0.95, 0.0, -70}), Verdict::junk) << "silence";
    EXPECT_EQ(judge("Turn on the light.", {0.3, 0.7, -50}), Verdict::speech)
        << "nobody makes that up";
}

TEST(Junk, DescriptionsOfSoundsAreNotWords) {
    EXPECT_EQ(judge("[Music]", clear_speech()), Verdict::junk);
    EXPECT_EQ(judge("(upbeat music) ♪", clear_speech()), Verdict::junk);
    EXPECT_EQ(judge("[BLANK_AUDIO]", clear_speech()), Verdict::junk);
    EXPECT_EQ(judge("...", clear_speech()), Verdict::junk);
    EXPECT_EQ(without_descriptions(" (laughs) That is *coughs* funny. ♪"), "That is funny.");
    EXPECT_EQ(without_descriptions("It is (never closed"), "It is (never closed");
}

TEST(Loudness, IsThatOfTheLoudestTenth) {
    std::vector<float> sound(10 * kSecond, 0.0F);
    EXPECT_EQ(loudness_db(sound), -120);
    EXPECT_EQ(loudness_db({}), -120);
    for (std::size_t i = 0; i < 2 * kSecond; ++i) {
        sound[i] = 0.5F * std::sin(static_cast<float>(i) * 0.2F);
    }
    EXPECT_NEAR(loudness_db(sound), -9.03, 0.3) << "a sine of half scale, though most is silence";
}

TEST(Loudness, AWordInAMinuteOfSilenceIsNotSilence) {
    std::vector<float> sound(60 * kSecond, 0.0F);
    for (std::size_t i = 50 * kSecond; i < 50 * kSecond + kSecond / 2; ++i) {
        sound[i] = 0.5F * std::sin(static_cast<float>(i) * 0.2F);
    }
    EXPECT_NEAR(loudness_db(sound), -9.03, 0.3);
}

TEST(Loudness, TheSpanGoesFromTheFirstToTheLastSound) {
    std::vector<float> sound(3 * kSecond, 0.0F);
    for (std::size_t i = kSecond; i < 2 * kSecond; ++i) {
        sound[i] = 0.3F * std::sin(static_cast<float>(i) * 0.2F);
    }
    const auto span = loud_span(sound);
    EXPECT_NEAR(span.from_ms, 1000, 20);
    EXPECT_NEAR(span.to_ms, 2000, 20);
    EXPECT_EQ(loud_span({}).to_ms, 0);
}

}  // namespace
}  // namespace engine::speech

#include <gtest/gtest.h>

#include "voice/wake_phrase.hpp"

namespace voice {
namespace {

struct Case {
    const char* phrase;
    const char* heard;
    const char* rest;  // null: does not match
};

TEST(WakePhraseTest, HearsThePhraseInManySpellingsAndNothingElse) {
    const Case cases[] = {
        {"Hey Nook", "Hey, Nook!", ""},
        {"Hey Nook", "hey nuke", ""},
        {"Hey Nook", "Hey nook, what time is it?", "what time is it?"},
        {"Hey Nook", "Um, hey Nook what's up", "what's up"},
        {"Hey Nook", "Hey neck.", ""},
        {"Computer", "computer", ""},
        {"Computer", "Good morning", nullptr},
        {"Hey Nook", "Thank you.", nullptr},
        {"Hey Nook", "I would like a new book", nullptr},
        {"Hey Nook", "what is the weather today", nullptr},
        {"Hey Nook", "", nullptr},
        {"Guten Morgen Rechner", "guten morgen rechner", ""},
        {"Guten Morgen Rechner", "guten Abend", nullptr},
        {"Hey Nook", "Hey, no problem.", nullptr},
        {"Hey Nook", "In a nook of the room.", nullptr},
        {"Computer", "Your computer needs an update.", nullptr},
        {"Computer", "Um, computer, tell me a story.", "tell me a story."},
        {"", "hey nook", nullptr},
        {"one two three four five six seven", "one two three four five six seven", nullptr},
    };
    for (const auto& item : cases) {
        const auto rest = WakePhrase(item.phrase).match(item.heard);
        EXPECT_EQ(rest.has_value(), item.rest != nullptr) << item.phrase << " / " << item.heard;
        if (rest && item.rest != nullptr) EXPECT_EQ(*rest, item.rest) << item.heard;
    }
}

TEST(WakePhraseTest, WhatTheSoundFitsDecidesWhateverWasWritten) {
    const WakePhrase phrase("Hey Nook");
    EXPECT_EQ(phrase.match("They know what time is it?", 0.5), "what time is it?");
    EXPECT_EQ(phrase.match("thing with", 0.36), "");
    EXPECT_EQ(phrase.match("Emuq, what time is it?", 0.4), "what time is it?");
    EXPECT_FALSE(phrase.match("Hey Nook, are you there?", 0.1));
    EXPECT_EQ(phrase.match("Hey Nook, are you there?", 0.26), "are you there?");
    EXPECT_FALSE(phrase.match("Okay, let me think about it.", 0.31));
    EXPECT_FALSE(phrase.match("", 0.9)) << "nothing was said";
}

TEST(WakePhraseTest, AModelOfThePhraseDecidesAlone) {
    const WakePhrase phrase("Hey Nook", 0.6);
    EXPECT_EQ(phrase.match("They know what time is it?", std::nullopt, 0.6), "what time is it?");
    EXPECT_EQ(phrase.match("Hey Nook, are you there?", 0.1, 0.9), "are you there?");
    EXPECT_FALSE(phrase.match("Hey Nook, are you there?", 0.9, 0.59));
}

TEST(WakePhraseTest, TheThresholdMovesBothMeasures) {
    const WakePhrase easy("Hey Nook", 0.2);
    const WakePhrase strict("Hey Nook", 0.9);
    EXPECT_TRUE(easy.match("They need", 0.2));
    EXPECT_FALSE(strict.match("They need", 0.5));
    EXPECT_TRUE(strict.match("They need", 0.7));
    EXPECT_TRUE(easy.match("hey nope"));
    EXPECT_FALSE(strict.match("hey nope"));
}

TEST(WakePhraseTest, WordsThatSoundAlikeAreAlike) {
    EXPECT_EQ(sound_of("nook"), sound_of("nuke"));
    EXPECT_EQ(sound_of("phone"), sound_of("fone"));
    EXPECT_NE(sound_of("nook"), sound_of("table"));
}

}  // namespace
}  // namespace voice

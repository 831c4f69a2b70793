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
        {"", "hey nook", nullptr},
        {"one two three four five six seven", "one two three four five six seven", nullptr},
    };
    for (const auto& item : cases) {
        const auto rest = WakePhrase(item.phrase).match(item.heard);
        EXPECT_EQ(rest.has_value(), item.rest != nullptr) << item.phrase << " / " << item.heard;
        if (rest && item.rest != nullptr) EXPECT_EQ(*rest, item.rest) << item.heard;
    }
}

TEST(WakePhraseTest, WordsThatSoundAlikeAreAlike) {
    EXPECT_EQ(sound_of("nook"), sound_of("nuke"));
    EXPECT_EQ(sound_of("phone"), sound_of("fone"));
    EXPECT_NE(sound_of("nook"), sound_of("table"));
}

}  // namespace
}  // namespace voice

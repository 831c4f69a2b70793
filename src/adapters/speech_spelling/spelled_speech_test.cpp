#include "adapters/speech_spelling/spelled_speech.hpp"

#include <gtest/gtest.h>

#include "async/testing/run.hpp"
#include "ports/testing/scripted_speech.hpp"

namespace adapters::speech_spelling {
namespace {

const Spellings kMine = {{"nuke", "Nook"}, {"low key", "Loci"}, {"low", "Lou"}, {"", "nothing"}};

std::string spelled(std::string_view text) {
    ports::testing::ScriptedSpeechToText nobody;
    SpelledSpeechToText stage(nobody);
    stage.use(kMine);
    return stage.spell(text);
}

TEST(SpelledSpeech, WordsAreExchangedWholeAndInAnyCase) {
    EXPECT_EQ(spelled("Hey, Nuke! Are you there?"), "Hey, Nook! Are you there?");
    EXPECT_EQ(spelled("\"nuke\""), "\"Nook\"");
    EXPECT_EQ(spelled("nuked nukes"), "nuked nukes");
    EXPECT_EQ(spelled(""), "");
    EXPECT_EQ(spelled("ça va nuke"), "ça va Nook");
}

TEST(SpelledSpeech, TheLongerRuleGoesFirstAndKeepsTogether) {
    EXPECT_EQ(spelled("Low key, how low is it?"), "Loci, how Lou is it?");
    EXPECT_EQ(spelled("It is low, key in the door."), "It is Lou, key in the door.");
    EXPECT_EQ(spelled("low"), "Lou");
}

// The exchanged word spans what it was made of and is as sure as the least sure part.
TEST(SpelledSpeech, WordsKeepTheirTimesAndErrorsPass) {
    ports::testing::ScriptedSpeechToText timed;
    ports::Transcript low_key;
    low_key.text = "Is low key, here?";
    low_key.words = {{"Is", 0, 100, 0.9},
                     {"low", 100, 200, 0.8},
                     {"key,", 350, 150, 0.4},
                     {"here?", 600, 300, 0.9}};
    timed.script.push(low_key);
    SpelledSpeechToText stage(timed);
    stage.use(kMine);
    const auto heard = async::testing::run(stage.transcribe({}, {}));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "Is Loci, here?");
    ASSERT_EQ(heard->words.size(), 3U);
    EXPECT_EQ(heard->words[1].text, "Loci,");
    EXPECT_EQ(heard->words[1].t_ms, 100);
    EXPECT_EQ(heard->words[1].dur_ms, 400);
    EXPECT_EQ(heard->words[1].confidence, 0.4);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = async::testing::run(stage.transcribe({}, stop.get_token()));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, base::ErrorCode::cancelled);
}

}  // namespace
}  // namespace adapters::speech_spelling

#include "adapters/speech_http/segments.hpp"

#include <gtest/gtest.h>

#include "adapters/speech_http/sound_stream.hpp"
#include "adapters/speech_http/testing/tape.hpp"

namespace adapters::speech_http {
namespace {

using testing::Tape;

std::vector<float> sound(double seconds) {
    return std::vector<float>(static_cast<std::size_t>(seconds * kVoiceRate), 0.25F);
}

TEST(WordsOf, AreThoseOfTheClauseCutter) {
    using List = std::vector<std::string>;
    EXPECT_EQ(words_of("Hello,  there\nyou!"), (List{"Hello,", "there", "you!"}));
    EXPECT_EQ(words_of("well - yes ... 50 %"), (List{"well -", "yes ...", "50", "%"}));
    EXPECT_EQ(words_of("你好，世界。"), (List{"你", "好，", "世", "界。"}));
    EXPECT_EQ(words_of("… — “”"), List{});
    EXPECT_EQ(words_of(""), List{});
    EXPECT_EQ(words_of("don't"), List{"don't"});
}

TEST(SegmentMaker, BeginsEarlyAndKeepsEverySampleAndWord) {
    Tape tape;
    const std::string text = "The harbour lies quiet in the morning.";
    SegmentMaker maker(text, 15, 3, tape);
    for (int i = 0; i < 25; ++i) ASSERT_TRUE(maker.add(sound(0.1)));
    EXPECT_GE(tape.segments.size(), 3U);
    EXPECT_LT(tape.segments.front().pcm.size(), kVoiceRate * 3U / 4);
    ASSERT_TRUE(maker.finish());
    std::size_t samples = 0;
    int index = 3;
    for (const auto& segment : tape.segments) {
        samples += segment.pcm.size();
        EXPECT_EQ(segment.index, index++);
        EXPECT_EQ(segment.sample_rate, kVoiceRate);
        EXPECT_FALSE(segment.exact_times);
        const int length = static_cast<int>(segment.pcm.size() * 1000 / kVoiceRate);
        for (const auto& word : segment.words) {
            EXPECT_GE(word.t_ms, 0);
            EXPECT_LE(word.t_ms + word.dur_ms, length + 1);
        }
    }
    EXPECT_EQ(samples, kVoiceRate * 5U / 2);
    EXPECT_EQ(tape.words(), text);
    EXPECT_EQ(maker.next_index(), index);
    EXPECT_NEAR(maker.seconds(), 2.5, 1e-6);
}

TEST(SegmentMaker, GivesAllWordsHoweverLongTheSoundIs) {
    for (const double seconds : {0.02, 0.3, 1.0, 9.0}) {
        Tape tape;
        SegmentMaker maker("One two three four five.", 15, 0, tape);
        ASSERT_TRUE(maker.add(sound(seconds)));
        ASSERT_TRUE(maker.finish());
        EXPECT_EQ(tape.words(), "One two three four five.") << seconds;
    }
}

TEST(SegmentMaker, StopsWhenTheSinkHasEnough) {
    Tape tape;
    tape.enough_after = 1;
    SegmentMaker maker("One two three.", 15, 0, tape);
    EXPECT_FALSE(maker.add(sound(1)));
    EXPECT_EQ(tape.segments.size(), 1U);
}

TEST(Pace, LearnsFromWhatWasSpoken) {
    Pace pace;
    const double before = pace.letters();
    for (int i = 0; i < 20; ++i) pace.learn(30, 1, 1);
    EXPECT_NEAR(pace.letters(), 30, 1);
    for (int i = 0; i < 20; ++i) pace.learn(30, 1, 2);  // at double speed
    EXPECT_NEAR(pace.letters(), 15, 1);
    Pace untaught;
    untaught.learn(30, 0.1, 1);
    untaught.learn(1, 10, 1);
    EXPECT_EQ(untaught.letters(), before);
}

}  // namespace
}  // namespace adapters::speech_http

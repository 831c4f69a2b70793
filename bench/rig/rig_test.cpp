#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "program.hpp"
#include "room_noise.hpp"
#include "samples.hpp"
#include "upstream.hpp"
#include "word_errors.hpp"

namespace bench {
namespace {

using namespace std::chrono_literals;

TEST(Samples, GiveTheValueThatAShareDoesNotExceed) {
    Samples samples;
    EXPECT_EQ(samples.at(0.5), 0);
    for (int value = 100; value > 0; --value) samples.add(value);
    EXPECT_EQ(samples.at(0), 1);
    EXPECT_EQ(samples.median(), 50);
    EXPECT_EQ(samples.at(0.95), 95);
    EXPECT_EQ(samples.at(0.99), 99);
    EXPECT_EQ(samples.at(1), 100);
}

TEST(TokenMeter, ReadsTokensInWhicheverPiecesTheyCome) {
    const Time sent{5'000us};
    const Time seen = sent + 2ms;
    for (const std::string& text : {"4000:5000; 4100:5000; ", "4000:5000;4100:5000;"}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            TokenMeter meter;
            meter.feed(text.substr(0, cut), seen);
            meter.feed(text.substr(cut), seen);
            EXPECT_EQ(meter.tokens, 2);
            EXPECT_DOUBLE_EQ(meter.added_ms.at(1), 2);
            EXPECT_DOUBLE_EQ(meter.late_ms.at(1), 3);
            EXPECT_DOUBLE_EQ(meter.late_ms.at(0), 2.9);
        }
    }
}

TEST(TokenMeter, RefusesAReplyThatIsNotTheUpstreams) {
    TokenMeter meter;
    EXPECT_THROW(meter.feed("something else;", now()), Failure);
}

TEST(WordErrors, LevelWhatIsWrittenInMoreThanOneWay) {
    using Words = std::vector<std::string>;
    EXPECT_EQ(level_words("It's 17 x 4, isn’t it?"),
              (Words{"it", "is", "seventeen", "times", "four", "is", "not", "it"}));
    EXPECT_EQ(level_words("17x4 and 17×4"),
              (Words{"seventeen", "times", "four", "and", "seventeen", "times", "four"}));
    EXPECT_EQ(level_words("1,205 twenty-one 3:30 9:05 2.5"),
              (Words{"one", "thousand", "two", "hundred", "five", "twenty", "one", "half", "past",
                     "three", "nine", "five", "two", "point", "five"}));
    EXPECT_EQ(level_words("OK. My favourite 'colour'"), level_words("okay my favorite color"));
    EXPECT_TRUE(level_words(" ...' \n").empty());
}

TEST(WordErrors, CountsTheFewestAndNamesThem) {
    const auto errors =
        word_errors("How far is the moon from the earth?", "how far's a moon, the Earth now");
    EXPECT_EQ(errors.said, 8);
    EXPECT_EQ(errors.replaced, 1);
    EXPECT_EQ(errors.left_out, 1);
    EXPECT_EQ(errors.put_in, 1);
    EXPECT_DOUBLE_EQ(errors.percent(), 37.5);
    EXPECT_EQ(errors.confusions.at({"the", "a"}), 1);
    EXPECT_EQ(errors.confusions.at({"from", ""}), 1);
    EXPECT_EQ(errors.confusions.at({"", "now"}), 1);
}

TEST(WordErrors, NothingWrittenLeavesOutEverything) {
    EXPECT_EQ(word_errors("Tell me something.", "").left_out, 3);
    EXPECT_EQ(word_errors("", "you").put_in, 1);
    EXPECT_EQ(word_errors("", "you").percent(), 0);
}

double level_of(std::span<const float> sound) {
    double energy = 0;
    for (const float sample : sound) energy += static_cast<double>(sample) * sample;
    return std::sqrt(energy / static_cast<double>(sound.size()));
}

TEST(OverNoise, IsAsFarBelowTheSpeechAsWasAsked) {
    std::vector<float> sound(48'000, 0.0F);
    // The middle third is speech.
    std::fill(sound.begin() + 16'000, sound.begin() + 32'000, 0.2F);
    std::mt19937 random(1);
    const auto heard = over_noise(sound, 20, random, 32'000);
    EXPECT_NEAR(level_of(std::span(heard).first(16'000)), 0.02, 0.001);
    EXPECT_NEAR(level_of(std::span(heard).last(16'000)), 0.02, 0.001);
    std::mt19937 same(1);
    EXPECT_EQ(over_noise(sound, 20, same, 32'000), heard);
}

TEST(OverNoise, LeavesSilenceAsItIs) {
    std::mt19937 random(1);
    EXPECT_TRUE(over_noise({}, 20, random).empty());
    EXPECT_EQ(over_noise({0.5F, 0.5F}, 20, random, 2), (std::vector{0.5F, 0.5F}));
    EXPECT_EQ(over_noise({0.0F, 0.0F}, 20, random), (std::vector{0.0F, 0.0F}));
}

TEST(RoomNoise, IsLowAndTheSameForTheSameSeed) {
    std::vector<float> sound(16'000, 0.0F);
    RoomNoise(7).add_to(sound);
    EXPECT_NEAR(level_of(sound), 0.0005, 0.00005);
    RoomNoise again(7);
    EXPECT_EQ(again.next(), sound[0]);
    EXPECT_EQ(again.next(), sound[1]);
}

TEST(Folder, IsGoneWithItsContentAtTheEnd) {
    std::filesystem::path path;
    {
        const Folder folder(std::filesystem::temp_directory_path());
        path = folder.path();
        std::filesystem::create_directory(path / "below");
        EXPECT_TRUE(std::filesystem::is_directory(path / "below"));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace bench

#include "media/delay_finder.hpp"

#include <gtest/gtest.h>

#include "media/testing/speech_like.hpp"

namespace media {
namespace {

using testing::echo_at;
using testing::speech_like;

constexpr std::size_t kMost = 5'000;  // of the delay looked for

std::vector<float> echo_of(const std::vector<float>& said, std::size_t delay, double gain) {
    std::vector<float> heard(said.size() - kMost);
    for (std::size_t i = 0; i < heard.size(); ++i) {
        heard[i] = static_cast<float>(echo_at(said, i + kMost, delay, gain));
    }
    return heard;
}

TEST(DelayFinder, FindsTheDelayOfAnEchoToTheSample) {
    const auto said = speech_like(kMost + 4'000, 3);
    for (const std::size_t delay : {0U, 1U, 7U, 1'234U, 3'999U}) {
        const auto found = find_delay(echo_of(said, delay, 0.2), said);
        ASSERT_TRUE(found) << delay;
        EXPECT_EQ(found->delay, static_cast<Samples>(delay));
        EXPECT_GT(found->likeness, 0.8F) << delay;
    }
}

TEST(DelayFinder, FindsAnEchoThatIsUpsideDownAndOneUnderNoise) {
    const auto said = speech_like(kMost + 4'000, 4);
    auto heard = echo_of(said, 800, -0.2);
    EXPECT_EQ(find_delay(heard, said)->delay, 800);
    const auto other = speech_like(heard.size(), 9, 3);
    for (std::size_t i = 0; i < heard.size(); ++i) heard[i] += 0.1F * other[i];
    const auto found = find_delay(heard, said);
    EXPECT_EQ(found->delay, 800);
    EXPECT_LT(found->likeness, 0.97F);
}

TEST(DelayFinder, IsNotSureOfWhatIsNoEcho) {
    const auto said = speech_like(kMost + 4'000, 5);
    const auto found = find_delay(speech_like(4'000, 6, 3), said);
    ASSERT_TRUE(found);
    EXPECT_LT(found->likeness, 0.4F);
}

TEST(DelayFinder, FindsNothingInSilenceOrWithTooLittle) {
    const auto said = speech_like(8'000, 7);
    const std::vector<float> silence(8'000, 0.0F);
    EXPECT_FALSE(find_delay(std::span(silence).first(4'000), said));
    EXPECT_FALSE(find_delay(std::span(said).first(4'000), silence));
    EXPECT_FALSE(find_delay(said, std::span(said).first(4'000)));
    EXPECT_FALSE(find_delay({}, said));
}

}  // namespace
}  // namespace media

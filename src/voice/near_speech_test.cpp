// What is left of an echo is nobody, in whatever room; a person is noticed in time, however loud.
#include "voice/near_speech.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "media/echo_canceller.hpp"
#include "media/testing/speech_like.hpp"
#include "voice/hearing.hpp"

namespace voice {
namespace {

struct Tap {
    std::size_t after = 0;  // samples
    double gain = 0;
};
using Room = std::vector<Tap>;

constexpr int kFramesPerSecond = 100;
constexpr std::size_t kDirect = 160;

// The direct sound after 10 ms, and reflections about every millisecond that fade by 60 dB in
// `seconds`, `below_db` below it in all.
Room room(double gain, double seconds, double below_db, unsigned seed = 5) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0.0, 1.0);
    Room out;
    double power = 0;
    for (std::size_t after = 40; after < static_cast<std::size_t>(seconds * 8'000);) {
        const double fading =
            std::pow(10.0, -3.0 * static_cast<double>(after) / (seconds * 16'000));
        out.push_back({kDirect + after, fading * noise(random)});
        power += out.back().gain * out.back().gain;
        after += 5 + random() % 23;
    }
    const double scale = gain * std::pow(10.0, -below_db / 20) / std::sqrt(power);
    for (auto& tap : out) tap.gain *= scale;
    out.push_back({kDirect, gain});
    return out;
}

// A loudspeaker in a room, its canceller and the judge behind it, frame by frame.
class NearSpeechTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(canceller_); }

    // So many frames more; true for those with somebody. `near` is what a person says meanwhile.
    std::vector<bool> live(int frames, const std::vector<float>& near = {}) {
        std::vector<bool> somebody;
        for (int frame = 0; frame < frames; ++frame) {
            std::vector<float> heard(160), clean(160);
            for (std::size_t i = 0; i < heard.size(); ++i, ++at_) {
                const auto in_near = static_cast<std::size_t>(frame) * 160 + i;
                heard[i] = echo() + noise_level_ * noise_(random_);
                if (in_near < near.size()) heard[i] += near[in_near];
            }
            const auto from = static_cast<std::ptrdiff_t>(at_ - 160);
            canceller_->played(canceller_->position(),
                               std::span(said_).subspan(static_cast<std::size_t>(from), 160));
            EXPECT_TRUE(canceller_->process(heard, clean));
            somebody.push_back(near_.hear(heard, canceller_->linear()));
        }
        return somebody;
    }
    static int count(const std::vector<bool>& somebody) {
        return static_cast<int>(std::ranges::count(somebody, true));
    }
    // Milliseconds until somebody was noticed; 10,000: nobody.
    static int noticed_after(const std::vector<bool>& somebody) {
        const auto first = std::ranges::find(somebody, true);
        return first == somebody.end() ? 10'000
                                       : 10 * static_cast<int>(first - somebody.begin() + 1);
    }
    // A person who begins at once, so much louder than the echo of this room.
    [[nodiscard]] std::vector<float> person(double louder_db, unsigned seed = 77) const {
        double gain = 0;
        for (const auto& [after, tap] : room_) gain += tap * tap;
        auto near = media::testing::speech_like(24'000, seed, 3);
        const double factor = kLoudspeaker * std::sqrt(gain) * std::pow(10.0, louder_db / 20);
        for (auto& sample : near) sample = static_cast<float>(sample * factor);
        // Its syllables fade in: it begins where it is a quarter as loud as it gets.
        return {near.begin() + 430, near.end()};
    }

    static constexpr double kLoudspeaker = 2;
    Room room_ = room(0.18, 0.3, 9);
    float noise_level_ = 0.0005F;
    bool sounds_ = true;  // else it is told of more than there is

private:
    [[nodiscard]] float echo() const {
        if (!sounds_) return 0.0F;
        double sum = 0;
        for (const auto& [after, tap] : room_) {
            if (after <= at_) sum += tap * static_cast<double>(said_[at_ - after]);
        }
        return static_cast<float>(sum);
    }
    static std::vector<float> loud() {
        auto said = media::testing::speech_like(std::size_t{25} * 16'000, 21);
        for (auto& sample : said) sample = static_cast<float>(sample * kLoudspeaker);
        return said;
    }

    std::vector<float> said_ = loud();
    std::size_t at_ = 0;
    base::Result<media::EchoCanceller> canceller_ =
        media::EchoCanceller::make({.rate_hz = kHearingHz});
    NearSpeech near_;
    std::mt19937 random_{7};
    std::normal_distribution<float> noise_{0.0F, 1.0F};
};

struct Place {
    std::string name;
    Room room;
    float noise;
};

class NearSpeechPlaces : public NearSpeechTest, public ::testing::WithParamInterface<Place> {};

TEST_P(NearSpeechPlaces, WhatIsLeftOfAnEchoIsNobody) {
    room_ = GetParam().room;
    noise_level_ = GetParam().noise;
    static_cast<void>(live(2 * kFramesPerSecond));  // the canceller learns
    EXPECT_EQ(count(live(10 * kFramesPerSecond)), 0);
}

INSTANTIATE_TEST_SUITE_P(All, NearSpeechPlaces,
                         ::testing::Values(Place{"quiet", room(0.03, 0.2, 9), 0.0005F},
                                           Place{"living_room", room(0.18, 0.3, 9), 0.0005F},
                                           Place{"loud", room(0.5, 0.3, 9), 0.0005F},
                                           Place{"hall", room(0.18, 0.6, 3), 0.0005F},
                                           Place{"no_noise_at_all", room(0.18, 0.3, 9), 0.0F},
                                           Place{"fan", room(0.18, 0.3, 9), 0.004F}),
                         [](const auto& place) { return place.param.name; });

TEST_F(NearSpeechTest, APersonIsNoticedQuieterThanTheEchoAndLouder) {
    for (const auto& [louder_db, within_ms] : {std::pair{6.0, 40}, {0.0, 60}, {-6.0, 100}}) {
        static_cast<void>(live(3 * kFramesPerSecond));
        const auto somebody = live(150, person(louder_db));
        EXPECT_LE(noticed_after(somebody), within_ms) << louder_db << " dB";
        EXPECT_GT(count(somebody), 120) << louder_db << " dB: held within the words";
    }
}

TEST_F(NearSpeechTest, APersonInNoiseAsLoudAsTheEchoIsNoticed) {
    noise_level_ = 0.004F;
    static_cast<void>(live(3 * kFramesPerSecond));
    EXPECT_LE(noticed_after(live(100, person(0))), 100);
}

TEST_F(NearSpeechTest, IsHeldForAQuarterOfASecondAfterAPersonAndNoLonger) {
    static_cast<void>(live(3 * kFramesPerSecond));
    const auto near = person(6);
    const int words = static_cast<int>(near.size() / 160);
    const auto somebody = live(words + 100, near);
    EXPECT_TRUE(somebody[static_cast<std::size_t>(words) + 10]);
    EXPECT_EQ(count({somebody.begin() + words + 45, somebody.end()}), 0);
}

TEST_F(NearSpeechTest, AnotherWayOfTheEchoIsSomebodyForTwoSecondsAtMost) {
    static_cast<void>(live(3 * kFramesPerSecond));
    room_ = room(0.18, 0.3, 0, 99);
    for (auto& tap : room_) tap.after += 60;
    EXPECT_LT(count(live(3 * kFramesPerSecond)), 2 * kFramesPerSecond);
    EXPECT_EQ(count(live(2 * kFramesPerSecond)), 0);
    EXPECT_LE(noticed_after(live(100, person(3))), 100) << "and a person after it is noticed";
}

TEST_F(NearSpeechTest, ALoudspeakerThatIsTurnedUpOrDownIsSoonNobody) {
    for (const double change : {1.4, 0.5}) {
        static_cast<void>(live(3 * kFramesPerSecond));
        for (auto& tap : room_) tap.gain *= change;
        EXPECT_LT(count(live(2 * kFramesPerSecond)), 60) << change;
    }
}

TEST_F(NearSpeechTest, AnEchoThatWasExpectedAndDoesNotComeIsNobody) {
    static_cast<void>(live(3 * kFramesPerSecond));
    sounds_ = false;
    EXPECT_EQ(count(live(kFramesPerSecond)), 0);
}

TEST_F(NearSpeechTest, NoiseThatBeginsBecomesPartOfTheRoom) {
    static_cast<void>(live(3 * kFramesPerSecond));
    noise_level_ = 0.01F;  // from -66 to -40 dBFS
    static_cast<void>(live(6 * kFramesPerSecond));
    EXPECT_EQ(count(live(3 * kFramesPerSecond)), 0);
}

TEST(NearSpeech, NothingIsNobodyAndTakesAnyFrame) {
    NearSpeech near;
    const std::vector<float> silence(160, 0.0F);
    for (int frame = 0; frame < 100; ++frame) EXPECT_FALSE(near.hear(silence, silence));
    EXPECT_FALSE(near.hear({}, {}));
    near.skip();
    EXPECT_FALSE(near.hear(silence, silence));
}

}  // namespace
}  // namespace voice

// The face under random input: whatever is asked of it, it stays a face.
#include "body/face.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "body/testing/figure.hpp"

namespace body {
namespace {

constexpr float kSlack = 1e-4F;

struct Stage {
    Chance chance{3};
    FaceMixer face;
    std::array<float, kMostExpressions> clip_weights{};
    FaceInput input{.clip_weights = clip_weights};

    explicit Stage(const std::vector<std::string>& names, std::vector<Overrides> overrides = {}) {
        face.set_character(ExpressionMap(names), overrides, chance);
    }
    float weight(std::string_view name) const {
        const auto& names = testing::figure().expressions;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == name) return face.weights()[i];
        }
        return NAN;
    }
    void run(int ticks) {
        for (int i = 0; i < ticks; ++i) face.step(input, chance);
    }
};

float rate_of(const ExpressionMap& map, std::size_t channel) {
    const auto preset = map.preset_of(channel);
    if (!preset || *preset <= Preset::surprised) return FaceRates::kEmotion;
    return *preset <= Preset::oh ? FaceRates::kMouth : FaceRates::kLids;
}

// Random wishes for a minute; weights in 0 … 1, no jump above the stated rates.
void storm(std::uint64_t seed, const std::vector<std::string>& names) {
    Chance dice(seed);
    std::vector<Overrides> overrides(names.size());
    for (auto& each : overrides) {
        each = {.blink = static_cast<Override>(dice.below(3)),
                .look_at = static_cast<Override>(dice.below(3)),
                .mouth = static_cast<Override>(dice.below(3))};
    }
    Stage stage(names, overrides);
    std::vector<float> before(names.size(), 0.0F);
    for (int tick = 0; tick < 3600; ++tick) {
        if (dice.part() < .1F) {
            for (float& vowel : stage.input.mouth) vowel = dice.between(-.5F, 2);
        }
        if (dice.part() < .05F) stage.input.speaking = !stage.input.speaking;
        stage.input.lips_meet = dice.part() < .05F;
        if (dice.part() < .02F) stage.input.valence = dice.between(-3, 3);
        if (dice.part() < .02F) stage.input.arousal = dice.between(-3, 3);
        if (dice.part() < .05F) {
            for (float& weight : stage.clip_weights) weight = dice.between(-1, 2);
        }
        if (dice.part() < .03F) {
            const auto recipe = stage.face.map().named(dice.part() < .5F ? "joy" : "fear");
            if (recipe) stage.face.feel(*recipe, dice.between(-1, 3), dice.below(200));
        }
        stage.face.step(stage.input, stage.chance);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const float now = stage.face.weights()[i];
            ASSERT_GE(now, 0) << names[i];
            ASSERT_LE(now, 1) << names[i];
            const float most = rate_of(stage.face.map(), i) * kTickSeconds + kSlack;
            ASSERT_LE(std::fabs(now - before[i]), most) << names[i] << " at tick " << tick;
            before[i] = now;
        }
        ASSERT_GE(stage.face.look_share(), 0);
        ASSERT_LE(stage.face.look_share(), 1);
    }
}

TEST(Face, StaysInBoundsUnderRandomWishes) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) storm(seed, testing::figure().expressions);
}

TEST(Face, StaysInBoundsWithFewOrOddExpressions) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        storm(seed, {"aa", "blinkLeft", "blinkRight", "happy"});
        storm(seed, {"oh", "myOwnSmile", "surprised"});
        storm(seed, {});
    }
}

TEST(Face, NeverLosesABlink) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Stage stage(testing::figure().expressions);
        stage.chance.reseed(seed);
        Chance dice(seed);
        Tick since = 0;
        for (Tick tick = 0; tick < testing::kSecond * 60; ++tick) {
            stage.input.speaking = dice.part() < .5F;
            for (float& vowel : stage.input.mouth) vowel = dice.part();
            if (dice.part() < .02F)
                stage.face.feel(*stage.face.map().named("sad"), dice.part(), 90);
            stage.face.step(stage.input, stage.chance);
            since = stage.weight("blink") > .95F ? 0 : since + 1;
            ASSERT_LT(since, testing::kSecond * 8) << "seed " << seed;
        }
    }
}

TEST(Face, ABlinkThatMayNotHappenIsMadeUpFor) {
    auto spec = testing::figure();
    std::vector<Overrides> overrides(spec.expressions.size());
    overrides[at(Preset::happy)].blink = Override::block;
    Stage stage(spec.expressions, overrides);
    stage.face.feel(*stage.face.map().named("happy"), 1, testing::kSecond * 20);
    stage.run(20);
    for (Tick tick = 0; tick < testing::kSecond * 18; ++tick) {
        stage.run(1);
        ASSERT_LE(stage.weight("blink"), 0) << tick;
    }
    bool blinked = false;
    for (Tick tick = 0; tick < testing::kSecond * 5 && !blinked; ++tick) {
        stage.run(1);
        blinked = stage.weight("blink") > .95F;
    }
    EXPECT_TRUE(blinked);
}

TEST(Face, ClosesTheMouthWithin80MsOfSilence) {
    Stage stage(testing::figure().expressions);
    stage.input.speaking = true;
    stage.input.mouth = {1, 1, 1, 1, 1};
    stage.run(60);
    EXPECT_GT(stage.weight("aa"), .15F);
    stage.input.mouth = {1, 0, 0, 0, 0};
    stage.run(60);
    EXPECT_GT(stage.weight("aa"), .95F);
    stage.input.mouth = {};
    stage.run(4);  // 67 ms
    for (const char* vowel : {"aa", "ih", "ou", "ee", "oh"}) EXPECT_EQ(stage.weight(vowel), 0);
}

TEST(Face, AFeelingCoversTheMoodAndPasses) {
    Stage stage(testing::figure().expressions);
    stage.input.valence = 1;
    stage.run(120);
    const float mood = stage.weight("happy");
    EXPECT_GT(mood, .1F);
    EXPECT_LT(mood, .35F);
    stage.face.feel(*stage.face.map().named("sadness"), 1, 120);
    stage.run(100);
    EXPECT_GT(stage.weight("sad"), .9F);
    EXPECT_LT(stage.weight("happy"), .05F);
    stage.run(240);
    EXPECT_LT(stage.weight("sad"), .05F);
    EXPECT_NEAR(stage.weight("happy"), mood, .05F);
}

TEST(Face, AnEmotionGivesWayToTheMouth) {
    auto spec = testing::figure();
    std::vector<Overrides> overrides(spec.expressions.size());
    overrides[at(Preset::angry)].mouth = Override::block;
    Stage stage(spec.expressions, overrides);
    stage.face.feel(*stage.face.map().named("happy"), 1, 0);
    stage.run(60);
    EXPECT_GT(stage.weight("happy"), .95F);
    stage.input.speaking = true;
    stage.run(60);
    EXPECT_NEAR(stage.weight("happy"), .5F, .05F);
    // One that forbids the mouth steps back altogether, and the mouth moves.
    stage.face.feel(*stage.face.map().named("angry"), 1, 0);
    stage.input.mouth = {1, 0, 0, 0, 0};
    stage.run(120);
    EXPECT_EQ(stage.weight("angry"), 0);
    EXPECT_GT(stage.weight("aa"), .9F);
}

TEST(ExpressionMap, ReplacesWhatIsMissingAsDeclared) {
    const std::vector<std::string> names{"happy", "aa", "blinkLeft", "blinkRight", "grin"};
    const ExpressionMap map(names);
    EXPECT_EQ(map.preset(Preset::relaxed)[0].channel, 0);
    EXPECT_NEAR(map.preset(Preset::relaxed)[0].factor, .4F, 1e-6F);
    EXPECT_EQ(map.preset(Preset::ou)[0].channel, 1);
    EXPECT_EQ(map.preset(Preset::blink)[0].channel, 2);
    EXPECT_EQ(map.preset(Preset::blink)[1].channel, 3);
    EXPECT_EQ(map.preset(Preset::sad)[0].channel, -1);
    EXPECT_FALSE(map.named("sadness"));
    ASSERT_TRUE(map.named("grin"));
    EXPECT_EQ((*map.named("grin"))[0].channel, 4);
    EXPECT_EQ(map.nearest("hapy"), "happy");
}

}  // namespace
}  // namespace body

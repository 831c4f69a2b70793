#include "body/clip_form.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "body/testing/figure.hpp"
#include "body/trig.hpp"

namespace body {
namespace {

TEST(ClipForm, ComesBackAsItWasWritten) {
    for (const Clip& clip : testing::all_clips()) {
        const auto back = read_clip(write_clip(clip, KeyForm::exact));
        ASSERT_TRUE(back) << clip.name << ": " << back.error();
        EXPECT_EQ(back->name, clip.name);
        EXPECT_EQ(back->duration, clip.duration);
        EXPECT_EQ(back->loop, clip.loop);
        EXPECT_EQ(back->additive, clip.additive);
        EXPECT_EQ(back->upper_body, clip.upper_body);
        EXPECT_EQ(back->starts_in, clip.starts_in);
        EXPECT_EQ(back->ends_in, clip.ends_in);
        ASSERT_EQ(back->rotations.size(), clip.rotations.size());
        for (std::size_t i = 0; i < clip.rotations.size(); ++i) {
            EXPECT_EQ(back->rotations[i].bone, clip.rotations[i].bone);
            EXPECT_EQ(back->rotations[i].times, clip.rotations[i].times);
        }
        EXPECT_EQ(back->hips.times, clip.hips.times);
        EXPECT_EQ(back->weights.size(), clip.weights.size());
        EXPECT_EQ(back->left_foot.planted, clip.left_foot.planted);
    }
}

TEST(ClipForm, SixteenBitsLoseLittle) {
    const Clip clip = testing::wave();
    const auto back = read_clip(write_clip(clip, KeyForm::small));
    ASSERT_TRUE(back);
    for (std::size_t i = 0; i < clip.rotations.size(); ++i) {
        for (std::size_t k = 0; k < clip.rotations[i].keys.size(); ++k) {
            const float same = dot(clip.rotations[i].keys[k], back->rotations[i].keys[k]);
            EXPECT_GT(std::fabs(same), 1 - 1e-6F);
        }
    }
}

TEST(ClipForm, ReadsAPack) {
    const auto clips = testing::all_clips();
    const auto back = read_clips(write_clips(clips));
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(back->size(), clips.size());
    EXPECT_EQ(back->back().name, clips.back().name);
}

TEST(ClipForm, EveryCutIsRefused) {
    const auto whole = write_clip(testing::wave());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(read_clip(std::span(whole.data(), size))) << size;
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(read_clip(longer));
}

TEST(ClipForm, AnyChangedByteIsReadOrRefusedButNeverBreaks) {
    const auto whole = write_clip(testing::idle("idle", .1F), KeyForm::exact);
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const std::uint8_t value : std::to_array<std::uint8_t>({0x00, 0x7F, 0x80, 0xFF})) {
            auto changed = whole;
            changed[i] = value;
            const auto clip = read_clip(changed);
            if (!clip) {
                ++refused;
                continue;
            }
            Posture posture;
            sample(*clip, clip->duration * .5F, posture);
            for (const Quat& q : posture.rotation) EXPECT_NEAR(dot(q, q), 1, 1e-3F);
        }
    }
    EXPECT_GT(refused, 100);
}

TEST(ClipForm, SaysWhatIsWrong) {
    auto bytes = write_clip(testing::wave());
    bytes[0] = 'X';
    EXPECT_EQ(read_clip(bytes).error(), "clip: does not begin with LBC1");
    Clip wrong = testing::wave();
    wrong.weights[0].keys[1] = 3;
    EXPECT_NE(read_clip(write_clip(wrong)).error().find("weight outside"), std::string::npos);
    wrong = testing::wave();
    wrong.rotations[0].times = {1, .5F};
    EXPECT_NE(read_clip(write_clip(wrong)).error().find("times"), std::string::npos);
}

TEST(Clip, SamplesBetweenKeysAndHoldsTheEnds) {
    Clip clip;
    clip.name = "turn";
    clip.duration = 2;
    clip.rotations.push_back(
        {.bone = Bone::head, .times = {.5F, 1.5F}, .keys = {Quat{}, turn_y(1)}});
    Posture posture;
    sample(clip, 0, posture);
    EXPECT_EQ(posture.rotation[at(Bone::head)].w, 1);
    sample(clip, 1, posture);
    EXPECT_NEAR(heading(posture.rotation[at(Bone::head)]), .5F, 1e-3F);
    sample(clip, 2, posture);
    EXPECT_NEAR(heading(posture.rotation[at(Bone::head)]), 1, 1e-5F);
}

TEST(Trig, IsCloseToTheRealFunctions) {
    for (int i = -4000; i <= 4000; ++i) {
        const auto x = static_cast<float>(i) * .01F;
        EXPECT_NEAR(sine(x), std::sin(static_cast<double>(x)), 2e-6) << x;
        EXPECT_NEAR(cosine(x), std::cos(static_cast<double>(x)), 4e-6) << x;
        const float y = static_cast<float>(i % 37) - 18;
        EXPECT_NEAR(arc_tangent(y, x), std::atan2(static_cast<double>(y), static_cast<double>(x)),
                    3e-6)
            << y << "/" << x;
    }
    for (int i = -100; i <= 100; ++i) {
        const auto x = static_cast<float>(i) * .2F;
        const double real = std::exp(static_cast<double>(x));
        EXPECT_NEAR(exponential(x) / real, 1, 3e-6) << x;
    }
}

}  // namespace
}  // namespace body

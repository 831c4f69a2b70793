// The whole body, from what it is told to the pose.
#include "body/body.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "body/testing/figure.hpp"

namespace body {
namespace {

using testing::figure;
using testing::small_stage;

std::vector<Event> taken(Body& body) {
    std::vector<Event> events(body.events().begin(), body.events().end());
    body.clear_events();
    return events;
}

const Event* find(const std::vector<Event>& events, EventKind kind, DirectiveId id) {
    const auto found = std::ranges::find_if(
        events, [&](const Event& each) { return each.kind == kind && each.id == id; });
    return found == events.end() ? nullptr : &*found;
}

Quat rotation_of(const Body& body, Bone bone) {
    const auto& bones = testing::bone_names();
    const auto i =
        static_cast<std::size_t>(std::ranges::find(bones, bone_name(bone)) - bones.begin());
    const auto& r = body.pose().rotations;
    return {r[i * 4], r[i * 4 + 1], r[i * 4 + 2], r[i * 4 + 3]};
}

Directive action(std::string name, DirectiveId id = 0) {
    Directive directive;
    directive.id = id;
    directive.action = Action{.name = std::move(name), .params = {}, .loop = false};
    return directive;
}

TEST(Body, IsAliveWithoutAnyClip) {
    Body body;
    ASSERT_TRUE(body.set_character(figure()));
    body.step_to(0);
    body.step_to(1);
    const auto first = body.pose_hash();
    body.step_to(90);
    EXPECT_NE(body.pose_hash(), first);
    // Arms hang at the sides: the elbow is far below the shoulder.
    const Vec3 arm = rotate(rotation_of(body, Bone::left_upper_arm), Vec3{1, 0, 0});
    EXPECT_LT(arm.y, -.8F);
}

TEST(Body, AcknowledgesAtTheTickItWasAskedFor) {
    Body body;
    small_stage(body);
    auto wave = action("wave", 7);
    wave.at = 30;
    EXPECT_EQ(body.direct(wave), 7);
    body.step_to(29);
    EXPECT_EQ(find(taken(body), EventKind::ack, 7), nullptr);
    body.step_to(31);
    const auto events = taken(body);
    ASSERT_NE(find(events, EventKind::ack, 7), nullptr);
    EXPECT_EQ(find(events, EventKind::ack, 7)->tick, 30);
}

TEST(Body, RefusesWhatItCannotDoAndNamesWhatIsNear) {
    Body body;
    small_stage(body);
    body.direct(action("wavve", 3));
    Directive face;
    face.id = 4;
    face.expression = Expression{.name = "hapy", .intensity = 1, .ms = 100};
    body.direct(face);
    body.step_to(2);
    const auto events = taken(body);
    ASSERT_NE(find(events, EventKind::refused, 3), nullptr);
    EXPECT_NE(find(events, EventKind::refused, 3)->text.find("wave"), std::string::npos);
    ASSERT_NE(find(events, EventKind::refused, 4), nullptr);
    EXPECT_NE(find(events, EventKind::refused, 4)->text.find("happy"), std::string::npos);
}

TEST(Body, WavesSeatedWhenItSits) {
    Body body;
    small_stage(body);
    body.direct(action("sit_down", 1));
    body.step_to(180);
    EXPECT_EQ(body.pose().stance, Stance::sitting);
    EXPECT_LT(body.pose().hips.y, .6F);
    body.direct(action("wave", 2));
    body.step_to(240);
    EXPECT_EQ(body.pose().stance, Stance::sitting);
    EXPECT_LT(body.pose().hips.y, .6F);
    // The arm is up while it sits.
    EXPECT_GT(rotate(rotation_of(body, Bone::right_upper_arm), Vec3{-1, 0, 0}).y, .2F);
    const auto events = taken(body);
    EXPECT_NE(find(events, EventKind::finished, 1), nullptr);
    EXPECT_NE(find(events, EventKind::ack, 2), nullptr);
}

TEST(Body, StandsUpBeforeItWalks) {
    Body body;
    small_stage(body);
    body.direct(action("sit_down", 1));
    body.step_to(180);
    body.direct(action("walk", 2));
    body.step_to(181);
    const auto events = taken(body);
    ASSERT_NE(find(events, EventKind::ack, 2), nullptr);  // standing up is the first step of it
    body.step_to(360);
    EXPECT_EQ(body.pose().stance, Stance::standing);
    EXPECT_GT(body.pose().hips.y, .8F);
    body.step_to(1200);
    EXPECT_NE(find(taken(body), EventKind::finished, 2), nullptr);
}

TEST(Body, LetsATransitionFinishBeforeTheNextGoal) {
    Body body;
    small_stage(body);
    body.step_to(1);
    body.direct(action("sit_down", 1));
    body.step_to(10);
    body.direct(action("walk", 2));
    body.step_to(12);
    auto events = taken(body);
    EXPECT_NE(find(events, EventKind::ack, 1), nullptr);
    EXPECT_EQ(find(events, EventKind::ack, 2), nullptr);
    body.step_to(120);
    events = taken(body);
    ASSERT_NE(find(events, EventKind::ack, 2), nullptr);
    EXPECT_GT(find(events, EventKind::ack, 2)->tick, 40);
}

TEST(Body, GetsUpAsItWentDownWhereNoMovementIsMadeForIt) {
    Body body;
    small_stage(body);
    body.remove_clip("rise");
    body.direct(action("kneel", 1));
    body.step_to(180);
    EXPECT_EQ(body.pose().stance, Stance::kneeling);
    EXPECT_LT(body.pose().hips.y, .6F);
    body.direct(action("walk", 2));
    body.step_to(400);
    EXPECT_EQ(body.pose().stance, Stance::standing);
    EXPECT_GT(body.pose().hips.y, .8F);
    EXPECT_NE(find(taken(body), EventKind::ack, 2), nullptr);
}

TEST(Body, StaysTurnedAfterTurningAround) {
    Body body;
    small_stage(body);
    body.direct(action("turn_around", 1));
    body.step_to(300);
    EXPECT_TRUE(body.pose().turned);
    EXPECT_LT(rotate(rotation_of(body, Bone::hips), Vec3{0, 0, 1}).z, -.95F);
    body.direct(action("turn_around", 2));
    body.step_to(700);
    EXPECT_FALSE(body.pose().turned);
}

TEST(Body, StateOutlivesARestart) {
    Body body;
    small_stage(body);
    body.direct(action("sit_down"));
    Directive hold = action("hold");
    hold.action->params.push_back({.name = "item", .number = 0, .text = "a cup of tea"});
    body.direct(hold);
    body.set_mood({.valence = .5F, .arousal = -.25F});
    body.step_to(200);
    const std::string state = body.state();
    Body other;
    small_stage(other);
    ASSERT_TRUE(other.restore(state));
    other.step_to(5);
    EXPECT_EQ(other.pose().stance, Stance::sitting);
    EXPECT_LT(other.pose().hips.y, .6F);
    EXPECT_NE(other.state().find("held=a cup of tea"), std::string::npos);
    EXPECT_FALSE(other.restore("stance=flying"));
    EXPECT_FALSE(other.restore(std::string(500, 'x')));
}

TEST(Body, MoodFades) {
    Body body;
    small_stage(body);
    body.set_mood({.valence = 1, .arousal = 1});
    body.step_to(60);
    EXPECT_GT(body.mood().valence, .95F);
    body.step_to(testing::kSecond * 90);
    EXPECT_NEAR(body.mood().valence, .37F, .03F);
    body.step_to(testing::kSecond * 540);
    body.step_to(testing::kSecond * 900);
    EXPECT_EQ(body.mood().valence, 0);
}

TEST(Body, PassesOnWhatIsTheStagesMatter) {
    Body body;
    small_stage(body);
    Directive directive;
    directive.id = 9;
    directive.camera = "head";
    directive.background = "garden.jpg";
    directive.dialogue = "hello";
    body.direct(directive);
    body.step_to(1);
    const auto events = taken(body);
    ASSERT_NE(find(events, EventKind::camera, 9), nullptr);
    EXPECT_EQ(find(events, EventKind::camera, 9)->text, "head");
    EXPECT_NE(find(events, EventKind::background, 9), nullptr);
    EXPECT_NE(find(events, EventKind::dialogue, 9), nullptr);
    EXPECT_NE(find(events, EventKind::ack, 9), nullptr);
}

TEST(Body, ForgetsAClipWithoutAJump) {
    Body body;
    small_stage(body);
    body.direct(action("walk"));
    body.step_to(120);
    const Quat before = rotation_of(body, Bone::left_upper_leg);
    EXPECT_TRUE(body.remove_clip("walk"));
    EXPECT_FALSE(body.remove_clip("walk"));
    body.step_to(121);
    EXPECT_GT(dot(before, rotation_of(body, Bone::left_upper_leg)), .99F);
    body.step_to(400);
    EXPECT_EQ(body.clips().find("walk"), nullptr);
}

TEST(Body, LooksStraightAheadAtAPartnerWhosePlaceIsUnknown) {
    // Whatever its proportions: here legs of a fifth of its height.
    CharacterSpec spec = figure();
    spec.hips_height = .23F;
    for (Vec3& place : spec.rest) place.y -= .67F;
    Body body;
    ASSERT_TRUE(body.set_character(spec));
    body.set_gaze({.kind = GazeKind::camera, .place = {}});
    body.set_activity(Activity::attentive);
    body.step_to(0);
    body.step_to(60);
    EXPECT_NEAR(body.pose().look_pitch, 0, 3);
    EXPECT_NEAR(rotation_of(body, Bone::head).x, 0, .05F);
}

TEST(Body, MissingBonesPassTheirTurnOn) {
    // The same figure without neck and upper chest turns its head as far.
    const auto head_of = [](bool with_neck) {
        CharacterSpec spec = figure();
        if (!with_neck) {
            for (const std::string_view name : {"neck", "upperChest", "leftShoulder"}) {
                const auto i = std::ranges::find(spec.bones, name) - spec.bones.begin();
                spec.bones.erase(spec.bones.begin() + i);
                spec.rest.erase(spec.rest.begin() + i);
            }
        }
        Body body;
        EXPECT_TRUE(body.set_character(spec));
        body.set_reduced_motion(true);
        EXPECT_TRUE(body.add_clip(testing::head_tilt()));
        body.step_to(0);
        body.direct(action("tilt"));
        body.step_to(60);
        const auto i =
            static_cast<std::size_t>(std::ranges::find(spec.bones, "head") - spec.bones.begin());
        const auto& r = body.pose().rotations;
        Quat head{r[i * 4], r[i * 4 + 1], r[i * 4 + 2], r[i * 4 + 3]};
        if (with_neck) {
            const Quat neck{r[(i - 1) * 4], r[(i - 1) * 4 + 1], r[(i - 1) * 4 + 2],
                            r[(i - 1) * 4 + 3]};
            head = neck * head;
        }
        return head;
    };
    EXPECT_GT(std::fabs(dot(head_of(true), head_of(false))), .9999F);
    EXPECT_LT(std::fabs(dot(head_of(true), Quat{})), .99F);
}

}  // namespace
}  // namespace body

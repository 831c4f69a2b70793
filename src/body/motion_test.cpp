// Movement over time: fades, hips, feet, and that nothing a body was told stays behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "body/body.hpp"
#include "body/testing/figure.hpp"
#include "body/trig.hpp"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace body {
namespace {

using testing::small_stage;

Directive act(const std::string& name, float seconds = 0) {
    Directive directive;
    directive.action = Action{.name = name, .params = {}, .loop = false};
    if (seconds > 0)
        directive.action->params.push_back({.name = "seconds", .number = seconds, .text = {}});
    return directive;
}

LegRest leg_of(bool left) {
    const CharacterSpec spec = testing::figure();
    const auto place = [&](const std::string& name) {
        const auto i = std::ranges::find(spec.bones, name) - spec.bones.begin();
        return spec.rest[static_cast<std::size_t>(i)];
    };
    const std::string side = left ? "left" : "right";
    return {.known = true,
            .hips = place("hips"),
            .upper = place(side + "UpperLeg"),
            .lower = place(side + "LowerLeg"),
            .foot = place(side + "Foot")};
}

// The posture that a pose shows, for the bones that matter to the legs.
Posture shown(const Body& body) {
    Posture posture;
    const auto& names = testing::bone_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& r = body.pose().rotations;
        posture.rotation[at(*bone_named(names[i]))] = {r[i * 4], r[i * 4 + 1], r[i * 4 + 2],
                                                       r[i * 4 + 3]};
    }
    posture.hips = body.pose().hips * (1 / .9F);
    return posture;
}

TEST(Player, HipsDoNotDriftInAThousandFades) {
    Player player;
    ClipShelf shelf;
    Chance dice(5);
    const Movement* high = shelf.add(testing::idle("idle_1", .03F), {});
    const Movement* low = shelf.add(testing::seated_idle(), {});
    const Movement* walk = shelf.add(testing::walk(), {});
    const std::array movements{high, low, walk};
    player.start_base(*high, {.fade = 0});
    player.step();
    for (int fade = 0; fade < 1000; ++fade) {
        player.start_base(*movements[dice.below(3)], {.fade = dice.between(0, .6F)});
        for (std::uint32_t i = dice.below(40); i > 0; --i) player.step();
    }
    player.start_base(*low, {});
    for (int i = 0; i < 60; ++i) player.step();
    // Heights are of hips 0.9 m high; the seated loop holds still.
    EXPECT_NEAR(player.frame().posture.hips.y * .9F, .56F * .9F, .001F);
    EXPECT_NEAR(player.frame().posture.hips.x, 0, .001F);
}

TEST(Player, FadesWithoutAJumpHoweverFastTheyCome) {
    Player player;
    ClipShelf shelf;
    Chance dice(9);
    std::vector<const Movement*> movements;
    movements.reserve(16);
    for (auto& clip : testing::all_clips()) movements.push_back(shelf.add(std::move(clip), {}));
    for (auto& movement : movements) movement = shelf.find(movement->clip.name);
    player.start_base(*movements[0], {.fade = 0});
    player.step();
    Frame before = player.frame();
    for (int tick = 0; tick < 6000; ++tick) {
        const Movement& next = *movements[dice.below(static_cast<std::uint32_t>(movements.size()))];
        if (dice.part() < .2F) {
            if (next.above_hips && dice.part() < .5F) {
                // As the conductor does: a gesture takes the place of the one before.
                if (!next.clip.additive) player.stop_overlays();
                player.start_overlay(next, {});
            } else {
                player.start_base(next, {});
            }
        }
        player.step();
        for (std::size_t i = 0; i < kBones; ++i) {
            const float same = dot(before.posture.rotation[i], player.frame().posture.rotation[i]);
            ASSERT_GT(std::fabs(same), .985F) << bone_name(static_cast<Bone>(i)) << " " << tick;
        }
        before = player.frame();
    }
}

TEST(Body, PlantedFeetStayWithinACentimetre) {
    Body body;
    small_stage(body);
    Chance dice(11);
    std::array<Vec3, 2> planted{};
    std::array<bool, 2> standing{};
    float worst = 0;
    for (Tick tick = 1; tick < testing::kSecond * 120; ++tick) {
        if (dice.part() < .01F) body.direct(act(dice.part() < .5F ? "walk" : "nod", 1));
        if (dice.part() < .005F) body.set_activity(static_cast<Activity>(dice.below(5)));
        body.step_to(tick);
        const Posture posture = shown(body);
        for (std::size_t side = 0; side < 2; ++side) {
            const bool down = side == 0 ? body.pose().left_planted : body.pose().right_planted;
            const Vec3 now = ankle(posture, leg_of(side == 0), side == 0, .9F);
            if (down && standing[side]) worst = std::max(worst, length(now - planted[side]));
            if (!standing[side]) planted[side] = now;
            standing[side] = down;
        }
    }
    EXPECT_LT(worst, .01F);
    EXPECT_GT(worst, 1e-5F);  // the measure measures
}

TEST(LegLock, HoldsTheFootWhenTheHipsSink) {
    LegLock legs;
    legs.set_legs(leg_of(true), leg_of(false));
    Frame frame;
    frame.posture = Player::rest();
    frame.posture.rotation[at(Bone::left_upper_leg)] = turn_x(-.2F);
    frame.posture.rotation[at(Bone::left_lower_leg)] = turn_x(.4F);
    frame.left_planted = true;
    legs.note(frame, .9F);
    const Vec3 before = ankle(frame.posture, leg_of(true), true, .9F);
    frame.posture.hips.y = .93F;
    frame.posture.hips.x = .02F;
    legs.step(frame, .9F);
    EXPECT_LT(length(ankle(frame.posture, leg_of(true), true, .9F) - before), 1e-4F);
}

// Ten minutes of everything; then silence, and it stands as it stood before.
TEST(Body, TenMinutesOfDirectivesLeaveIdentityAndNeutralPose) {
    Body body;
    small_stage(body);
    body.set_reduced_motion(true);
    // At rest the lids still blink now and then.
    const auto settled = [&](Tick from) {
        Tick tick = from;
        for (; tick < from + testing::kSecond * 60; ++tick) {
            body.step_to(tick);
            const auto& w = body.pose().weights;
            if (tick > from + testing::kSecond * 50 &&
                std::ranges::all_of(w, [](float v) { return v == 0; }))
                break;
        }
        return tick;
    };
    Tick tick = settled(1);
    const auto identity = body.identity_hash();
    const auto neutral = body.pose_hash();
    body.set_reduced_motion(false);
    Chance dice(77);
    const auto end = tick + testing::kSecond * 600;
    for (; tick < end; ++tick) {
        if (dice.part() < .03F) {
            constexpr std::array kNames{"wave",     "walk",  "turn_around", "sit_down",
                                        "stand_up", "kneel", "nod",         "tilt",
                                        "nonsense", "stop",  "rise"};
            Directive directive = act(kNames[dice.below(kNames.size())], dice.between(.5F, 3));
            if (dice.part() < .5F)
                directive.expression = Expression{.name = "fear",
                                                  .intensity = dice.part(),
                                                  .ms = static_cast<int>(dice.below(3000))};
            if (dice.part() < .3F)
                directive.gaze = Gaze{.kind = GazeKind::point,
                                      .place = Vec3{dice.between(-2, 2), 1, dice.between(-1, 2)}};
            body.direct(std::move(directive));
        }
        if (dice.part() < .01F) body.set_activity(static_cast<Activity>(dice.below(5)));
        if (dice.part() < .01F)
            body.set_mood({.valence = dice.between(-1, 1), .arousal = dice.between(-1, 1)});
        body.step_to(tick);
        for (const float part : body.pose().rotations) ASSERT_TRUE(std::fabs(part) <= 1.0001F);
        body.clear_events();
    }
    body.set_activity(Activity::idle);
    body.set_mood({});
    body.set_gaze({});
    body.direct(act("stop"));
    body.step_to(tick += 300);
    body.direct(act("stand_up"));
    body.step_to(tick += 600);
    if (body.pose().turned) body.direct(act("turn_around"));
    body.step_to(tick += 600);
    body.set_reduced_motion(true);
    settled(tick);
    EXPECT_EQ(body.identity_hash(), identity);
    EXPECT_EQ(body.pose().stance, Stance::standing);
    EXPECT_EQ(body.pose_hash(), neutral);
}

TEST(Body, EveryDirectiveIsAnsweredExactlyOnce) {
    Body body;
    small_stage(body);
    Chance dice(21);
    std::vector<int> answers(1, 0);
    constexpr std::array kNames{"wave", "walk", "turn_around", "sit_down", "stand_up", "kneel",
                                "nod",  "hold", "stop",        "nothing",  "idle_1"};
    for (Tick tick = 1; tick < testing::kSecond * 180; ++tick) {
        if (dice.part() < .04F) {
            Directive directive = act(kNames[dice.below(kNames.size())], 1);
            directive.id = static_cast<DirectiveId>(answers.size());
            directive.at = tick + dice.below(30);
            answers.push_back(0);
            body.direct(std::move(directive));
        }
        body.step_to(tick);
        for (const Event& event : body.events()) {
            if (event.kind == EventKind::ack || event.kind == EventKind::refused)
                ++answers[static_cast<std::size_t>(event.id)];
        }
        body.clear_events();
    }
    for (std::size_t i = 1; i + 20 < answers.size(); ++i)
        EXPECT_EQ(answers[i], 1) << "directive " << i;
}

TEST(Body, AllocatesNothingOnceWarm) {
    Body body;
    small_stage(body);
    SpeechTimeline talk{.segment = 1, .at = 200, .phonemes = {}};
    for (int i = 0; i < 200; ++i)
        talk.phonemes.push_back({.ipa = i % 3 == 0 ? "ˈaɪ" : "m", .t_ms = i * 90, .dur_ms = 90});
    body.say(talk);
    body.direct(act("walk", 9));
    body.direct(act("wave"));
    body.set_gaze({.kind = GazeKind::camera, .place = {}});
    const std::vector<float> bands(64, .3F);
    body.step_to(120);
    const long before = allocations.load();
    for (Tick tick = 121; tick < 121 + testing::kSecond * 30; ++tick) {
        body.audio_level(.1F, bands);
        body.step_to(tick);
        body.clear_events();
    }
    EXPECT_EQ(allocations.load(), before);
}

TEST(Body, StillMeansStill) {
    Body body;
    small_stage(body);
    body.set_reduced_motion(true);
    body.set_activity(Activity::listening);
    body.set_gaze({.kind = GazeKind::point, .place = Vec3{1, 1, 1}});
    body.step_to(testing::kSecond * 20);
    const std::vector<float> before(body.pose().rotations.begin(), body.pose().rotations.end());
    for (Tick tick = testing::kSecond * 20; tick < testing::kSecond * 60; ++tick) {
        body.step_to(tick);
        ASSERT_TRUE(std::ranges::equal(before, body.pose().rotations)) << tick;
        ASSERT_EQ(body.pose().look_yaw, 0);
    }
    // A movement that was asked for is still made.
    body.direct(act("wave"));
    body.step_to(testing::kSecond * 61);
    EXPECT_FALSE(std::ranges::equal(before, body.pose().rotations));
}

TEST(Body, NodsWhileSomebodySpeaks) {
    Body body;
    small_stage(body);
    body.set_activity(Activity::listening);
    body.set_gaze({.kind = GazeKind::camera, .place = {}});
    const auto head = static_cast<std::size_t>(std::ranges::find(testing::bone_names(), "head") -
                                               testing::bone_names().begin());
    std::vector<float> pitch;
    for (Tick tick = 1; tick < testing::kSecond * 60; ++tick) {
        body.step_to(tick);
        pitch.push_back(body.pose().rotations[head * 4]);
    }
    // Against how the head is held anyway, to look where it looks.
    std::vector<float> sorted = pitch;
    std::ranges::sort(sorted);
    const float held = sorted[sorted.size() / 2];
    int nods = 0;
    bool low = false;
    for (const float angle : pitch) {
        const bool now = angle > held + .03F;
        nods += now && !low ? 1 : 0;
        low = now;
    }
    EXPECT_GT(nods, 6);
    EXPECT_LT(nods, 40);
}

}  // namespace
}  // namespace body

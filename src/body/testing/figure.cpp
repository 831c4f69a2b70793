#include "body/testing/figure.hpp"

#include <utility>

#include "body/trig.hpp"

namespace body::testing {
namespace {

constexpr float kHips = .9F;

struct Rest {
    const char* name;
    Vec3 place;
};
const Rest kRest[] = {
    {"hips", {0, .9F, 0}},
    {"spine", {0, 1.0F, 0}},
    {"chest", {0, 1.15F, 0}},
    {"upperChest", {0, 1.25F, 0}},
    {"neck", {0, 1.4F, 0}},
    {"head", {0, 1.5F, .01F}},
    {"leftUpperLeg", {.09F, .86F, 0}},
    {"leftLowerLeg", {.09F, .47F, .01F}},
    {"leftFoot", {.09F, .08F, -.01F}},
    {"rightUpperLeg", {-.09F, .86F, 0}},
    {"rightLowerLeg", {-.09F, .47F, .01F}},
    {"rightFoot", {-.09F, .08F, -.01F}},
    {"leftShoulder", {.04F, 1.36F, 0}},
    {"leftUpperArm", {.16F, 1.36F, 0}},
    {"leftLowerArm", {.42F, 1.36F, 0}},
    {"leftHand", {.66F, 1.36F, 0}},
    {"rightShoulder", {-.04F, 1.36F, 0}},
    {"rightUpperArm", {-.16F, 1.36F, 0}},
    {"rightLowerArm", {-.42F, 1.36F, 0}},
    {"rightHand", {-.66F, 1.36F, 0}},
};

Clip named(const std::string& name, float duration) {
    Clip clip;
    clip.name = name;
    clip.duration = duration;
    return clip;
}

FootTrack planted() {
    return {.times = {0}, .planted = {1}};
}

RotationTrack track(Bone bone, std::vector<float> times, std::vector<Quat> keys) {
    for (std::size_t i = 1; i < keys.size(); ++i) {
        if (dot(keys[i - 1], keys[i]) < 0) keys[i] = negated(keys[i]);
    }
    return {.bone = bone, .times = std::move(times), .keys = std::move(keys)};
}

void hang_arms(Clip& clip) {
    const Posture rest = Player::rest();
    for (const Bone bone : {Bone::left_upper_arm, Bone::right_upper_arm, Bone::left_lower_arm,
                            Bone::right_lower_arm}) {
        clip.rotations.push_back(track(bone, {0}, {rest.rotation[at(bone)]}));
    }
}

// Thigh, shin and hips of somebody whose hips are at `height` of their rest, knees bent.
struct Fold {
    Quat thigh;
    Quat shin;
    float height;
};
Fold fold(Stance stance) {
    const float angle =
        stance == Stance::standing ? 0 : (stance == Stance::lying ? 10 : 85) * kRadians;
    const float height = stance == Stance::standing ? 1.0F : (stance == Stance::lying ? .2F : .56F);
    return {.thigh = turn_x(-angle), .shin = turn_x(angle), .height = height};
}

}  // namespace

const std::vector<std::string>& bone_names() {
    static const auto* names = [] {
        auto* all = new std::vector<std::string>;
        for (const Rest& each : kRest) all->emplace_back(each.name);
        return all;
    }();
    return *names;
}

CharacterSpec figure() {
    CharacterSpec spec;
    spec.hips_height = kHips;
    spec.bones = bone_names();
    for (const Rest& each : kRest) spec.rest.push_back(each.place);
    for (std::size_t i = 0; i < kPresets; ++i)
        spec.expressions.emplace_back(preset_name(static_cast<Preset>(i)));
    spec.seed = 42;
    spec.identity = "test figure";
    return spec;
}

Clip idle(const std::string& name, float lean) {
    Clip clip = named(name, 4);
    clip.loop = true;
    const Quat bent = turn_z(lean);
    clip.rotations.push_back(track(Bone::spine, {0, 2, 4}, {{}, bent, {}}));
    clip.rotations.push_back(track(Bone::left_upper_leg, {0}, {turn_x(-.06F)}));
    clip.rotations.push_back(track(Bone::left_lower_leg, {0}, {turn_x(.1F)}));
    clip.rotations.push_back(track(Bone::right_upper_leg, {0}, {turn_x(-.06F)}));
    clip.rotations.push_back(track(Bone::right_lower_leg, {0}, {turn_x(.1F)}));
    hang_arms(clip);
    clip.hips = {.times = {0, 2, 4},
                 .keys = {{0, .995F, 0}, {lean * .1F, .995F, 0}, {0, .995F, 0}}};
    clip.left_foot = clip.right_foot = planted();
    return clip;
}

Clip wave() {
    Clip clip = named("wave", 1.6F);
    clip.upper_body = true;
    const Quat up = turn_z(-60 * kRadians);
    clip.rotations.push_back(track(Bone::right_upper_arm, {0, 1.6F}, {up, up}));
    clip.rotations.push_back(
        track(Bone::right_lower_arm, {0, .4F, .8F, 1.2F, 1.6F},
              {turn_z(-.3F), turn_z(-.9F), turn_z(-.3F), turn_z(-.9F), turn_z(-.3F)}));
    clip.weights.push_back({.expression = "happy", .times = {0, .4F, 1.6F}, .keys = {0, .6F, 0}});
    return clip;
}

Clip walk() {
    Clip clip = named("walk", 1);
    clip.loop = true;
    const auto swing = [](float phase) {
        return std::vector<Quat>{turn_x(.5F * phase), turn_x(-.5F * phase), turn_x(.5F * phase)};
    };
    clip.rotations.push_back(track(Bone::left_upper_leg, {0, .5F, 1}, swing(1)));
    clip.rotations.push_back(track(Bone::right_upper_leg, {0, .5F, 1}, swing(-1)));
    hang_arms(clip);
    clip.hips = {.times = {0, .25F, .5F, .75F, 1},
                 .keys = {{0, .97F, 0}, {0, 1, 0}, {0, .97F, 0}, {0, 1, 0}, {0, .97F, 0}}};
    clip.left_foot = {.times = {0, .5F}, .planted = {0, 0}};
    clip.right_foot = {.times = {0, .5F}, .planted = {0, 0}};
    return clip;
}

Clip turn_around() {
    Clip clip = named("turn_around", 1.5F);
    clip.rotations.push_back(
        track(Bone::hips, {0, .75F, 1.5F}, {{}, turn_y(.5F * kPi), turn_y(kPi)}));
    hang_arms(clip);
    clip.left_foot = {.times = {0, .2F, 1.3F}, .planted = {1, 0, 1}};
    clip.right_foot = clip.left_foot;
    return clip;
}

Clip head_tilt() {
    Clip clip = named("tilt", 20);
    clip.upper_body = true;
    clip.rotations.push_back(track(Bone::neck, {0}, {turn_z(.2F)}));
    clip.rotations.push_back(track(Bone::head, {0}, {turn_x(.3F)}));
    clip.rotations.push_back(track(Bone::upper_chest, {0}, {turn_y(.1F)}));
    return clip;
}

Clip nod() {
    Clip clip = named("nod", .8F);
    clip.additive = true;
    clip.rotations.push_back(
        track(Bone::head, {0, .2F, .4F, .6F, .8F}, {{}, turn_x(.25F), {}, turn_x(.2F), {}}));
    return clip;
}

Clip lower(const std::string& name, Stance from, Stance to) {
    Clip clip = named(name, 1.2F);
    clip.starts_in = from;
    clip.ends_in = to;
    const Fold a = fold(from);
    const Fold b = fold(to);
    for (const auto& [thigh, shin] : {std::pair{Bone::left_upper_leg, Bone::left_lower_leg},
                                      std::pair{Bone::right_upper_leg, Bone::right_lower_leg}}) {
        clip.rotations.push_back(track(thigh, {0, 1.2F}, {a.thigh, b.thigh}));
        clip.rotations.push_back(track(shin, {0, 1.2F}, {a.shin, b.shin}));
    }
    hang_arms(clip);
    clip.hips = {.times = {0, 1.2F}, .keys = {{0, a.height, 0}, {0, b.height, -.2F}}};
    return clip;
}

Clip seated_idle() {
    Clip clip = lower("sitting_idle", Stance::sitting, Stance::sitting);
    clip.loop = true;
    return clip;
}

std::vector<Clip> all_clips() {
    return {idle("idle_1", .03F),
            idle("idle_2", -.05F),
            wave(),
            walk(),
            turn_around(),
            head_tilt(),
            nod(),
            seated_idle(),
            lower("sit_down", Stance::standing, Stance::sitting),
            lower("stand_up", Stance::sitting, Stance::standing),
            lower("kneel", Stance::standing, Stance::kneeling),
            lower("rise", Stance::kneeling, Stance::standing)};
}

void small_stage(Body& body) {
    if (!body.set_character(figure())) return;
    for (auto& clip : all_clips()) (void)body.add_clip(std::move(clip));
    body.step_to(0);
}

}  // namespace body::testing

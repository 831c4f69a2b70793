// The body as WebAssembly: a thin layer of C functions over body.hpp, called by web/src/body. Text
// and arrays from the page are written to scratch() first; one Body lives in one instance.
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "body/body.hpp"

// Exports need no declaration elsewhere: the page is their only caller.
#define EXPORT(name) __attribute__((export_name(#name)))

namespace {

body::Body& the_body() {
    static body::Body instance;
    return instance;
}

struct Draft {
    std::vector<std::uint8_t> scratch;
    std::string text;  // an answer: an error, a name, a state
    body::CharacterSpec character;
    body::Directive directive;
    body::SpeechTimeline speech;
    std::vector<float> numbers;
};

Draft& draft() {
    static Draft instance;
    return instance;
}

std::string scratch_text(std::uint32_t size) {
    const auto& bytes = draft().scratch;
    const std::size_t count = size < bytes.size() ? size : bytes.size();
    return {reinterpret_cast<const char*>(bytes.data()), count};
}

// As many floats as were written to scratch().
std::span<const float> scratch_floats(std::uint32_t count) {
    auto& numbers = draft().numbers;
    const std::size_t most = draft().scratch.size() / sizeof(float);
    numbers.resize(count < most ? count : most);
    if (!numbers.empty())
        std::memcpy(numbers.data(), draft().scratch.data(), numbers.size() * sizeof(float));
    return numbers;
}

// 1 and the answer, or 0 and the error, both in text.
int answer(std::expected<std::string, std::string> result) {
    draft().text = result ? std::move(*result) : std::move(result.error());
    return result ? 1 : 0;
}

int success(std::expected<void, std::string> result) {
    draft().text = result ? std::string() : std::move(result.error());
    return result ? 1 : 0;
}

body::Gaze gaze_of(int kind, float x, float y, float z) {
    body::Gaze gaze;
    gaze.kind = kind == 1 ? body::GazeKind::camera
                          : (kind == 2 ? body::GazeKind::point : body::GazeKind::none);
    // Not a number: the place is not known.
    if (x == x && y == y && z == z) gaze.place = body::Vec3{x, y, z};
    return gaze;
}

const body::Event* event(std::uint32_t index) {
    const auto events = the_body().events();
    return index < events.size() ? &events[index] : nullptr;
}

}  // namespace

extern "C" {

// Memory of at least `size` bytes to write an argument to; valid until the next call of scratch().
EXPORT(scratch) std::uint8_t* scratch(std::uint32_t size) {
    draft().scratch.resize(size > 0 ? size : 1);
    return draft().scratch.data();
}
EXPORT(text_data) const char* text_data() {
    return draft().text.data();
}
EXPORT(text_size) std::uint32_t text_size() {
    return static_cast<std::uint32_t>(draft().text.size());
}

EXPORT(character_begin) void character_begin(float hips_height, double seed) {
    draft().character = {};
    draft().character.hips_height = hips_height;
    draft().character.seed = static_cast<std::uint64_t>(seed);
}
EXPORT(character_bone) void character_bone(std::uint32_t size) {
    draft().character.bones.push_back(scratch_text(size));
}
EXPORT(character_rest) void character_rest(float x, float y, float z) {
    draft().character.rest.push_back({x, y, z});
}
EXPORT(character_expression) void character_expression(std::uint32_t size) {
    draft().character.expressions.push_back(scratch_text(size));
}
// 0 none, 1 block, 2 blend; for the expression named last.
EXPORT(character_overrides) void character_overrides(int blink, int look_at, int mouth) {
    const auto of = [](int value) {
        return value == 1 ? body::Override::block
                          : (value == 2 ? body::Override::blend : body::Override::none);
    };
    auto& spec = draft().character;
    spec.overrides.resize(spec.expressions.size());
    if (!spec.overrides.empty())
        spec.overrides.back() = {.blink = of(blink), .look_at = of(look_at), .mouth = of(mouth)};
}
EXPORT(character_identity) void character_identity(std::uint32_t size) {
    draft().character.identity = scratch_text(size);
}
EXPORT(character_end) int character_end() {
    auto& spec = draft().character;
    if (!spec.overrides.empty()) spec.overrides.resize(spec.expressions.size());
    return success(the_body().set_character(std::exchange(spec, {})));
}

EXPORT(add_clip) int add_clip(std::uint32_t size) {
    const auto& bytes = draft().scratch;
    return answer(
        the_body().add_clip(std::span(bytes.data(), size < bytes.size() ? size : bytes.size())));
}
EXPORT(remove_clip) int remove_clip(std::uint32_t size) {
    return the_body().remove_clip(scratch_text(size)) ? 1 : 0;
}

EXPORT(directive_begin) void directive_begin(double id, double at) {
    draft().directive = {};
    draft().directive.id = id > 0 && id < 4e15 ? static_cast<body::DirectiveId>(id) : 0;
    if (at > -4e15 && at < 4e15) draft().directive.at = static_cast<body::Tick>(at);
}
EXPORT(directive_action) void directive_action(std::uint32_t size, int loop) {
    draft().directive.action =
        body::Action{.name = scratch_text(size), .params = {}, .loop = loop != 0};
}
// The name and, directly behind it, a text value; without one the number counts.
EXPORT(directive_param)
void directive_param(std::uint32_t name_size, std::uint32_t text_size, float number) {
    auto& action = draft().directive.action;
    if (!action || action->params.size() >= 16) return;
    const std::string both = scratch_text(name_size + text_size);
    action->params.push_back({.name = both.substr(0, name_size),
                              .number = number,
                              .text = both.size() > name_size ? both.substr(name_size) : ""});
}
EXPORT(directive_expression)
void directive_expression(std::uint32_t size, float intensity, int ms) {
    draft().directive.expression =
        body::Expression{.name = scratch_text(size), .intensity = intensity, .ms = ms};
}
EXPORT(directive_gaze) void directive_gaze(int kind, float x, float y, float z) {
    draft().directive.gaze = gaze_of(kind, x, y, z);
}
// 0 dialogue, 1 camera, 2 background
EXPORT(directive_text) void directive_text(int which, std::uint32_t size) {
    auto& directive = draft().directive;
    (which == 0   ? directive.dialogue
     : which == 1 ? directive.camera
                  : directive.background) = scratch_text(size);
}
EXPORT(directive_end) double directive_end() {
    return static_cast<double>(the_body().direct(std::exchange(draft().directive, {})));
}

EXPORT(say_begin) void say_begin(int segment, double at) {
    draft().speech = {.segment = segment, .at = at, .phonemes = {}};
}
EXPORT(say_sound) void say_sound(std::uint32_t size, int t_ms, int dur_ms) {
    draft().speech.phonemes.push_back({.ipa = scratch_text(size), .t_ms = t_ms, .dur_ms = dur_ms});
}
EXPORT(say_end) void say_end() {
    the_body().say(draft().speech);
}
EXPORT(hush) void hush() {
    the_body().hush();
}
EXPORT(audio_level) void audio_level(float level, std::uint32_t bands, float top_hz) {
    the_body().audio_level(level, scratch_floats(bands), top_hz);
}
EXPORT(hear) void hear(std::uint32_t samples, int rate_hz) {
    the_body().hear(scratch_floats(samples), rate_hz);
}
EXPORT(set_mood) void set_mood(float valence, float arousal) {
    the_body().set_mood({.valence = valence, .arousal = arousal});
}
EXPORT(set_emotion) int set_emotion(std::uint32_t size, float intensity, int ms) {
    return the_body().set_emotion(scratch_text(size), intensity, ms) ? 1 : 0;
}
EXPORT(set_activity) int set_activity(std::uint32_t size) {
    const auto activity = body::activity_named(scratch_text(size));
    if (activity) the_body().set_activity(*activity);
    return activity ? 1 : 0;
}
EXPORT(set_gaze) void set_gaze(int kind, float x, float y, float z) {
    the_body().set_gaze(gaze_of(kind, x, y, z));
}
EXPORT(set_reduced_motion) void set_reduced_motion(int on) {
    the_body().set_reduced_motion(on != 0);
}

EXPORT(step_to) void step_to(double tick) {
    if (tick > -4e15 && tick < 4e15) the_body().step_to(static_cast<body::Tick>(tick));
}
EXPORT(rotations) const float* rotations() {
    return the_body().pose().rotations.data();
}
EXPORT(weights) const float* weights() {
    return the_body().pose().weights.data();
}
// hips x y z, eyes yaw and pitch, stance, activity, turned, left and right foot planted
EXPORT(moment) const float* moment() {
    static float numbers[10];
    const body::Pose& pose = the_body().pose();
    const float now[10] = {pose.hips.x,
                           pose.hips.y,
                           pose.hips.z,
                           pose.look_yaw,
                           pose.look_pitch,
                           static_cast<float>(std::to_underlying(pose.stance)),
                           static_cast<float>(std::to_underlying(pose.activity)),
                           pose.turned ? 1.0F : 0.0F,
                           pose.left_planted ? 1.0F : 0.0F,
                           pose.right_planted ? 1.0F : 0.0F};
    std::memcpy(numbers, now, sizeof numbers);
    return numbers;
}

EXPORT(event_count) std::uint32_t event_count() {
    return static_cast<std::uint32_t>(the_body().events().size());
}
EXPORT(event_kind) int event_kind(std::uint32_t index) {
    return event(index) != nullptr ? std::to_underlying(event(index)->kind) : -1;
}
EXPORT(event_id) double event_id(std::uint32_t index) {
    return event(index) != nullptr ? static_cast<double>(event(index)->id) : 0;
}
EXPORT(event_tick) double event_tick(std::uint32_t index) {
    return event(index) != nullptr ? static_cast<double>(event(index)->tick) : 0;
}
EXPORT(event_text) void event_text(std::uint32_t index) {
    draft().text = event(index) != nullptr ? event(index)->text : std::string();
}
EXPORT(clear_events) void clear_events() {
    the_body().clear_events();
}

EXPORT(state) void state() {
    draft().text = the_body().state();
}
EXPORT(restore) int restore(std::uint32_t size) {
    return success(the_body().restore(scratch_text(size)));
}
EXPORT(clip_names) void clip_names() {
    draft().text.clear();
    for (const auto& each : the_body().clips().all()) draft().text += each->clip.name + "\n";
}
// Two halves of 32 bits: JavaScript's numbers hold no 64.
EXPORT(pose_hash_low) std::uint32_t pose_hash_low() {
    return static_cast<std::uint32_t>(the_body().pose_hash());
}
EXPORT(pose_hash_high) std::uint32_t pose_hash_high() {
    return static_cast<std::uint32_t>(the_body().pose_hash() >> 32U);
}
EXPORT(identity_low) std::uint32_t identity_low() {
    return static_cast<std::uint32_t>(the_body().identity_hash());
}
EXPORT(identity_high) std::uint32_t identity_high() {
    return static_cast<std::uint32_t>(the_body().identity_hash() >> 32U);
}

}  // extern "C"

// What a body is told, and what it tells back. Plain values; every directive is answered by exactly
// one `ack` (with the tick at which it took effect) or `refused` (with a reason).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body/vec.hpp"

namespace body {

using Tick = std::int64_t;  // 60 a second
inline constexpr int kTicksPerSecond = 60;
inline constexpr float kTickSeconds = 1.0F / 60.0F;
inline constexpr Tick kAtOnce = std::numeric_limits<Tick>::min();

using DirectiveId = std::int64_t;

struct Param {
    std::string name;
    float number = 0;
    std::string text;  // not empty: the value is this text
};

// Params that every movement knows: speed 0.25 … 3, intensity 0.1 … 1, repeat, seconds (loops
// end then), hand (left or right). hold takes `item`.
struct Action {
    std::string name;
    std::vector<Param> params;
    bool loop = false;
};

struct Expression {
    std::string name;
    float intensity = 1;
    int ms = 2000;  // how long it stays; 0: until the next one
};

enum class GazeKind : std::uint8_t { none, camera, point };
struct Gaze {
    GazeKind kind = GazeKind::none;
    // Metres in the character's space; for the camera where it is, if that is known.
    std::optional<Vec3> place;
};

struct Directive {
    DirectiveId id = 0;  // 0: the body gives one
    Tick at = kAtOnce;
    std::optional<Action> action;
    std::optional<Expression> expression;
    std::optional<Gaze> gaze;
    std::string dialogue;  // given back as an event: the voice's matter
    std::string camera;    // given back as events: the stage's matter
    std::string background;
};

enum class EventKind : std::uint8_t {
    ack,       // took effect at `tick`
    refused,   // `text` says why
    finished,  // the movement of a directive came to its end, or another one took its place
    stance,    // `text`: standing, sitting, kneeling or lying
    dialogue,  // the three are passed on at the tick of their directive
    camera,
    background,
};

struct Event {
    EventKind kind = EventKind::ack;
    DirectiveId id = 0;
    Tick tick = 0;
    std::string text;
};

enum class Activity : std::uint8_t { idle, attentive, listening, thinking, speaking };
[[nodiscard]] std::string_view activity_name(Activity activity);
[[nodiscard]] std::optional<Activity> activity_named(std::string_view name);

}  // namespace body

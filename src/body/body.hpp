// Body: everything that decides how the character looks at a tick. Inputs are told between ticks
// and take effect with the next one; step_to() advances in ticks of 1/60 s and gives the pose of
// the last. The same inputs at the same ticks give the same pose, bit for bit, in the server and in
// the page; a stage only draws. One thread; no I/O; once warm no step allocates.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "body/chance.hpp"
#include "body/character.hpp"
#include "body/clip.hpp"
#include "body/clip_form.hpp"
#include "body/clip_shelf.hpp"
#include "body/conductor.hpp"
#include "body/directive.hpp"
#include "body/ear.hpp"
#include "body/face.hpp"
#include "body/gaze.hpp"
#include "body/leg_lock.hpp"
#include "body/life.hpp"
#include "body/player.hpp"
#include "body/speech.hpp"
#include "body/state.hpp"

namespace body {

// One moment, in VRM 1.0's terms; the spans last until the next call of the body.
struct Pose {
    Tick tick = 0;
    std::span<const float> rotations;  // x y z w of each bone, in the order of the character
    Vec3 hips;                         // metres, local position of the normalised hips
    std::span<const float> weights;    // of each expression, in the order of the character
    float look_yaw = 0;                // degrees, eyes in the head, to its left
    float look_pitch = 0;              // degrees, downwards
    Stance stance = Stance::standing;
    Activity activity = Activity::idle;
    bool turned = false;  // shows its back
    bool left_planted = false;
    bool right_planted = false;
};

struct Mood {
    float valence = 0;  // -1 … 1
    float arousal = 0;
};

class Body {
public:
    static constexpr std::size_t kEvents = 256;      // kept until they are taken; the oldest go
    static constexpr std::size_t kDirectives = 256;  // waiting for their tick

    Body();
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    Body(Body&&) = delete;
    Body& operator=(Body&&) = delete;
    ~Body() = default;

    [[nodiscard]] std::expected<void, std::string> set_character(CharacterSpec spec);
    // LBC1; gives the clip's name. A clip of this name is replaced.
    [[nodiscard]] std::expected<std::string, std::string> add_clip(
        std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::expected<std::string, std::string> add_clip(Clip clip);
    bool remove_clip(std::string_view name);

    // Answered by one event, ack or refused; gives the id.
    DirectiveId direct(Directive directive);
    void say(const SpeechTimeline& timeline) { speech_.say(timeline); }
    void hush() { speech_.hush(); }
    // A mouth without phonemes; see Ear.
    void audio_level(float level, std::span<const float> bands = {}, float top_hz = 8000);
    void hear(std::span<const float> samples, int rate_hz) { ear_.hear(samples, rate_hz); }
    void set_mood(Mood mood);
    // False: the character has no such expression.
    bool set_emotion(std::string_view name, float intensity, int ms);
    void set_activity(Activity activity) { activity_ = activity; }
    void set_gaze(const Gaze& gaze);
    void set_reduced_motion(bool on) { still_ = on; }

    // Advances to that tick. Life begins with the first call, one tick before it; a gap of more
    // than ten minutes is not lived through.
    const Pose& step_to(Tick tick);
    [[nodiscard]] const Pose& pose() const { return pose_; }
    [[nodiscard]] Tick tick() const { return tick_; }

    [[nodiscard]] std::span<const Event> events() const { return events_; }
    void clear_events() { events_.clear(); }

    [[nodiscard]] std::string state() const;
    // Takes the pose of a stored state at once.
    [[nodiscard]] std::expected<void, std::string> restore(std::string_view state);

    // Of all numbers of the pose; equal for equal poses.
    [[nodiscard]] std::uint64_t pose_hash() const;
    // Of model, bones and expressions: what no directive may change.
    [[nodiscard]] std::uint64_t identity_hash() const;
    [[nodiscard]] const ClipShelf& clips() const { return shelf_; }
    [[nodiscard]] Mood mood() const { return mood_; }

private:
    struct Waiting {
        Directive directive;
        std::uint64_t order = 0;
    };

    void advance();
    void apply_due();
    void apply(Directive& directive);
    std::expected<void, std::string> check_parts(const Directive& directive) const;
    void announce(EventKind kind, DirectiveId id, std::string text = {});
    void report_movements();
    void decay_mood();
    void retire(std::unique_ptr<Movement> movement);
    void move_body(bool speaking);
    void move_face(bool speaking, bool brows);
    [[nodiscard]] Vec3 head_place(const Posture& posture) const;
    void write_pose(const Frame& frame);

    CharacterSpec spec_;
    std::array<int, kBones> slots_{};  // place of each bone in the character, or -1
    std::array<Vec3, kBones> rest_{};
    bool has_rest_ = false;
    bool has_legs_ = false;
    ClipShelf shelf_;
    Player player_;
    Conductor conductor_;
    SpeechTrack speech_;
    Ear ear_;
    FaceMixer face_;
    GazeKeeper gaze_;
    Life life_;
    LegLock legs_;
    Chance chance_;
    Frame frame_;
    Mood mood_;
    Activity activity_ = Activity::idle;
    bool still_ = false;
    Stance told_stance_ = Stance::standing;
    Tick tick_ = 0;
    bool began_ = false;
    DirectiveId next_id_ = 1;
    std::uint64_t next_order_ = 0;
    std::vector<Waiting> waiting_;
    std::vector<std::unique_ptr<Movement>> retired_;  // until nothing plays them
    std::vector<Event> events_;
    std::vector<float> rotations_;
    Pose pose_;
};

}  // namespace body

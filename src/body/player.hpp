// Player: lays clips over each other into one posture. A base of whole-body clips fading into each
// other, and overlays above it (gestures of the upper body, additive ones). A clip's hips always
// count from the rest pose, never from where the body happens to be: fades cannot add up to a
// drift. One Body's; allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "body/clip_shelf.hpp"
#include "body/directive.hpp"

namespace body {

inline constexpr std::size_t kMostExpressions = 64;

struct PlayOptions {
    float fade = 0.3F;  // seconds; an overlay that begins near the pose the body is in comes faster
    float speed = 1;
    float intensity = 1;
    float seconds = 0;  // a loop ends after this; 0: never
    int repeat = 1;     // of a clip that is no loop
    bool loop = false;
    bool mirror = false;
    bool backwards = false;  // of a clip that is no loop
    DirectiveId owner = 0;
};

// What the layers make of one moment.
struct Frame {
    Posture posture;
    std::array<float, kMostExpressions> weights{};  // of the character's expressions
    bool left_planted = false;
    bool right_planted = false;
};

class Player {
public:
    static constexpr std::size_t kBase = 5;
    static constexpr std::size_t kOverlays = 6;

    // The pose below everything: arms at the sides instead of a T.
    [[nodiscard]] static Posture rest();

    void start_base(const Movement& movement, const PlayOptions& options);
    void start_overlay(const Movement& movement, const PlayOptions& options);
    void stop_overlays(float fade = 0.3F);
    void stop_overlay(const Movement& movement, float fade = 0.3F);
    void set_heading(float radians) { heading_ = radians; }
    [[nodiscard]] float heading() const { return heading_; }
    // Loops of the base stand still (reduced motion).
    void hold_idle(bool on) { held_ = on; }

    // One tick on; then frame().
    void step();
    [[nodiscard]] const Frame& frame() const { return frame_; }

    [[nodiscard]] const Movement* base() const;
    [[nodiscard]] DirectiveId base_owner() const;
    // Seconds until the newest base clip is over; a loop without an end: a very long time.
    [[nodiscard]] float base_left() const;
    [[nodiscard]] bool has_overlay(DirectiveId owner) const;
    [[nodiscard]] bool plays(const Movement& movement) const;
    [[nodiscard]] bool has_overlays() const { return overlay_count_ > 0; }
    // Is a gesture that somebody asked for on top?
    [[nodiscard]] bool directed_overlay() const;
    // Owners of what has ended since clear_ended().
    [[nodiscard]] std::span<const DirectiveId> ended() const {
        return {ended_.data(), ended_count_};
    }
    void clear_ended() { ended_count_ = 0; }

private:
    struct Playing {
        const Movement* movement = nullptr;
        PlayOptions options;
        float time = 0;
        float played = 0;
        float faded = 0;  // 0 … 1
        float heading = 0;
        float comes_in = 0;  // seconds
        bool leaving = false;
        [[nodiscard]] bool loops() const { return movement->clip.loop || options.loop; }
        [[nodiscard]] float left() const;
        [[nodiscard]] float weight() const;
    };

    static void advance(Playing& playing, bool held);
    static void mirror(Posture& posture);
    static void lay(const Playing& playing, Posture& posture);
    void lay_base(const Playing& playing, Posture& posture) const;
    [[nodiscard]] float time_to_reach(Playing playing) const;
    void add_weights(const Playing& playing, float weight);
    void report_end(DirectiveId owner);
    void drop_base(std::size_t count);
    void freeze(std::size_t count);
    void step_base();
    void step_overlays();

    std::array<Playing, kBase> base_{};
    std::size_t base_count_ = 0;
    Posture floor_ = rest();
    std::array<Playing, kOverlays> overlays_{};
    std::size_t overlay_count_ = 0;
    Frame frame_;
    float heading_ = 0;
    bool held_ = false;
    std::array<DirectiveId, kBase + 3 * kOverlays> ended_{};
    std::size_t ended_count_ = 0;
};

}  // namespace body

// SpeechTrack: what the mouth does at a time, from the phonemes of the voice. Segments lie on the
// timeline of ticks where their first sample sounds; every moment is computed from there, so a
// talk of hours does not drift. Neighbouring sounds shape each other; lips that must meet, meet.
// One Body's; allocates only in say().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "body/directive.hpp"
#include "body/phonemes.hpp"

namespace body {

struct SpokenSound {
    std::string ipa;
    int t_ms = 0;
    int dur_ms = 0;
};

struct SpeechTimeline {
    int segment = 0;
    double at = 0;  // the tick at which the first sample sounds; parts of a tick count
    std::vector<SpokenSound> phonemes;
};

// What happens in the talk at a tick: gestures follow it.
struct SpeechBeat {
    bool stress = false;
    bool phrase = false;
    bool question = false;
    bool exclaim = false;
};

class SpeechTrack {
public:
    static constexpr std::size_t kSegments = 64;
    static constexpr std::size_t kSounds = 4096;  // of one segment

    // A segment of the same number moves to its new place. More than kSegments: the oldest goes.
    void say(const SpeechTimeline& timeline);
    void hush();
    // One tick on.
    void step(Tick tick);

    [[nodiscard]] const Mouth& mouth() const { return mouth_; }
    // Lips have to be closed: the mouth follows at once.
    [[nodiscard]] bool lips_meet() const { return lips_meet_; }
    [[nodiscard]] bool sounding() const { return sounding_; }
    // In the middle of a segment, pauses included.
    [[nodiscard]] bool active() const { return active_; }
    [[nodiscard]] const SpeechBeat& beat() const { return beat_; }

private:
    struct Sound {
        float begin = 0;  // ms from the segment's first sample
        float end = 0;
        MouthShape shape;
        bool silent = false;
        SpeechBeat beat;
    };
    struct Segment {
        int number = 0;
        double at = 0;
        float length = 0;  // ms
        std::vector<Sound> sounds;
    };
    static void add_sound(const SpokenSound& sound, SpeechBeat& pending, Segment& segment);
    void weigh(const Segment& segment, float ms);
    void find_beats(const Segment& segment, float before, float now);

    std::vector<Segment> segments_;
    Mouth mouth_{};
    float weight_ = 0;
    float lips_ = 0;
    bool lips_meet_ = false;
    bool sounding_ = false;
    bool active_ = false;
    SpeechBeat beat_;
};

}  // namespace body

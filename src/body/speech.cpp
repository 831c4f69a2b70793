#include "body/speech.hpp"

#include <algorithm>
#include <utility>

#include "body/trig.hpp"
#include "body/vec.hpp"

namespace body {
namespace {

constexpr float kTickMs = 1000.0F / 60.0F;
constexpr float kReachMs = 160;  // sounds further away have no say
constexpr float kAheadMs = 8;    // how fast a sound's say fades before its own time,
constexpr float kBehindMs = 18;  // and after it
constexpr float kLeadMs = 4;     // the mouth is on its way before it sounds; see FaceMixer's rates

constexpr int kLongestMs = 3'600'000;

}  // namespace

void SpeechTrack::add_sound(const SpokenSound& sound, SpeechBeat& pending, Segment& segment) {
    const auto begin = static_cast<float>(std::clamp(sound.t_ms, 0, kLongestMs));
    const auto length = static_cast<float>(std::clamp(sound.dur_ms, 0, kLongestMs));
    // "aɪ" and "tʃ" come as one: their letters share the time.
    int parts = 0;
    std::string_view rest = sound.ipa;
    for (char32_t code = next_code(rest); code != 0; code = next_code(rest)) {
        const PhonemeKind kind = phoneme_of(code).kind;
        parts += kind == PhonemeKind::sound || kind == PhonemeKind::pause ? 1 : 0;
    }
    int done = 0;
    rest = sound.ipa;
    for (char32_t code = next_code(rest); code != 0; code = next_code(rest)) {
        const Phoneme phoneme = phoneme_of(code);
        switch (phoneme.kind) {
            case PhonemeKind::stress:
                pending.stress = code == 0x02C8;
                continue;
            case PhonemeKind::phrase:
                pending.phrase = true;
                break;
            case PhonemeKind::question:
                pending.question = true;
                break;
            case PhonemeKind::exclaim:
                pending.exclaim = true;
                break;
            case PhonemeKind::mark:
                continue;
            case PhonemeKind::sound:
            case PhonemeKind::pause:
                break;
        }
        if (segment.sounds.size() >= kSounds) return;
        const bool silent = phoneme.kind != PhonemeKind::sound;
        const auto share = parts > 0 ? length / static_cast<float>(parts) : length;
        Sound& next = segment.sounds.emplace_back();
        next.begin = begin + share * static_cast<float>(done);
        next.end = next.begin + share;
        next.shape = phoneme.shape;
        next.silent = silent;
        if (silent) next.shape.hold = .8F;
        if (silent || phoneme.vowel) {
            next.beat = pending;
            pending = {};
        }
        if (phoneme.kind == PhonemeKind::sound || phoneme.kind == PhonemeKind::pause) ++done;
    }
}

void SpeechTrack::say(const SpeechTimeline& timeline) {
    for (Segment& known : segments_) {
        if (known.number == timeline.segment && !known.sounds.empty()) {
            segments_.erase(segments_.begin() + (&known - segments_.data()));
            break;
        }
    }
    if (segments_.size() >= kSegments) segments_.erase(segments_.begin());
    Segment segment;
    segment.number = timeline.segment;
    segment.at = timeline.at;
    SpeechBeat pending;
    for (const SpokenSound& sound : timeline.phonemes) add_sound(sound, pending, segment);
    // Nearly sorted already; and equal times keep their order, which std::sort would not promise.
    for (std::size_t i = 1; i < segment.sounds.size(); ++i) {
        for (std::size_t k = i; k > 0 && segment.sounds[k].begin < segment.sounds[k - 1].begin; --k)
            std::swap(segment.sounds[k], segment.sounds[k - 1]);
    }
    for (const Sound& sound : segment.sounds) segment.length = std::max(segment.length, sound.end);
    if (segment.sounds.empty()) return;
    segments_.push_back(std::move(segment));
}

void SpeechTrack::hush() {
    segments_.clear();
}

void SpeechTrack::weigh(const Segment& segment, float ms) {
    const auto first =
        std::ranges::lower_bound(segment.sounds, ms - kReachMs - 2000, {}, &Sound::begin);
    for (auto sound = first; sound != segment.sounds.end() && sound->begin < ms + kReachMs;
         ++sound) {
        const float outside = std::max({sound->begin - ms, ms - sound->end, 0.0F});
        if (outside > kReachMs) continue;
        const float say =
            sound->shape.hold * exponential(-outside / (sound->begin > ms ? kAheadMs : kBehindMs));
        weight_ += say;
        if (outside <= 0 && sound->shape.closes) lips_ = 1;
        for (std::size_t i = 0; i < kVowels; ++i) mouth_[i] += say * sound->shape.mouth[i];
        if (outside <= 0 && !sound->silent) sounding_ = true;
    }
}

void SpeechTrack::find_beats(const Segment& segment, float before, float now) {
    const auto first = std::ranges::lower_bound(segment.sounds, before, {}, &Sound::begin);
    for (auto sound = first; sound != segment.sounds.end() && sound->begin < now; ++sound) {
        beat_.stress |= sound->beat.stress;
        beat_.phrase |= sound->beat.phrase;
        beat_.question |= sound->beat.question;
        beat_.exclaim |= sound->beat.exclaim;
    }
}

void SpeechTrack::step(Tick tick) {
    mouth_.fill(0);
    weight_ = 0;
    lips_ = 0;
    sounding_ = false;
    active_ = false;
    beat_ = {};
    const auto ms_in = [tick](const Segment& segment) {
        return (static_cast<double>(tick) - segment.at) * (1000.0 / 60.0);
    };
    // What is over stays a moment, so that its last sound fades.
    std::erase_if(segments_, [&](const Segment& segment) {
        return ms_in(segment) >
               static_cast<double>(segment.length) + 2.0 * static_cast<double>(kReachMs);
    });
    for (const Segment& segment : segments_) {
        const double exact = ms_in(segment);
        if (exact < -static_cast<double>(kReachMs) - 100) continue;
        const auto ms = static_cast<float>(exact);
        active_ |= ms >= -kLeadMs && ms <= segment.length + kReachMs;
        weigh(segment, ms + kLeadMs);
        find_beats(segment, ms, ms + kTickMs);
    }
    // Silence has a say everywhere outside the sounds; inside them too little to matter.
    weight_ += sounding_ ? .02F : .6F;
    for (float& vowel : mouth_) {
        vowel /= weight_;
        if (vowel < .01F) vowel = 0;
    }
    lips_meet_ = lips_ > 0;
}

}  // namespace body

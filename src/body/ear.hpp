// Ear: the shape of a mouth from the sound of a voice, where no phonemes are known. The two lowest
// resonances of the vocal tract tell the vowel, hiss tells a half closed mouth, loudness how far it
// opens. Fed with samples or, where the stage measures itself, with a level and a spectrum.
// One Body's; allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "body/directive.hpp"
#include "body/phonemes.hpp"

namespace body {

class Ear {
public:
    // Loudness 0 … 1 (root mean square of full scale) and magnitudes of equally wide bands from
    // 0 to `top_hz`; without bands the mouth only opens and closes.
    void measure(float level, std::span<const float> bands, float top_hz);
    // Mono samples, ±1; any rate from 8 kHz on.
    void hear(std::span<const float> samples, int rate_hz);
    // One tick on; what was measured counts for 120 ms.
    void step();

    [[nodiscard]] const Mouth& mouth() const { return mouth_; }
    [[nodiscard]] bool hears() const { return fresh_ > 0 && loud_; }

private:
    static constexpr std::size_t kWindow = 512;
    static constexpr int kRate = 16'000;
    void analyse();

    Mouth wanted_{};
    Mouth mouth_{};
    float noise_ = .004F;  // level of what is no speech
    int fresh_ = 0;        // ticks
    bool loud_ = false;
    std::array<float, kWindow> window_{};
    std::size_t filled_ = 0;
    float phase_ = 0;  // of the change of rate
    float sum_ = 0;
    int summed_ = 0;
};

}  // namespace body

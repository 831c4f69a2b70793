// The picture of sound that the turn detector looks at: 80 mel bands of the last 8 seconds, 100
// columns each second, as Whisper's own features are. Tables are made once; one thread.
#pragma once

#include <span>
#include <vector>

namespace engine::speech {

class LogMel {
public:
    static constexpr std::size_t kRate = 16'000;
    static constexpr std::size_t kSamples = 8 * kRate;
    static constexpr std::size_t kBands = 80;
    static constexpr std::size_t kColumns = 800;

    LogMel();
    // Band by band. Shorter sound has silence before it; of longer sound the end counts.
    [[nodiscard]] std::vector<float> compute(std::span<const float> samples) const;

private:
    static constexpr std::size_t kWindow = 400;
    static constexpr std::size_t kHop = 160;
    static constexpr std::size_t kBins = kWindow / 2 + 1;

    // A window of 400 = 16 × 25 samples is transformed in two steps, each over 16 neighbours.
    static constexpr std::size_t kOuter = 16;
    static constexpr std::size_t kInner = kWindow / kOuter;

    void power_of(const float* window, std::span<float, kBins> power) const;

    struct Band {
        std::size_t first = 0;
        std::vector<float> weights;
    };
    std::vector<float> hann_;
    std::vector<float> inner_cos_;  // [frequency][sample], kInner of each
    std::vector<float> inner_sin_;
    std::vector<float> outer_cos_;  // [bin][part], kBins and kOuter
    std::vector<float> outer_sin_;
    std::vector<Band> bands_;
};

}  // namespace engine::speech

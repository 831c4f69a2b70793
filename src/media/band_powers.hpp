// BandPowers: how loud a stream is in seven bands between 90 and 5,500 Hz, frame by frame. Speech
// and what is left of an echo differ by band when they do not differ in all. Source: the band-pass
// with a peak of 0 dB of R. Bristow-Johnson's cookbook, twice in a row; neighbours overlap. Owned
// by one stream; one thread; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace media {

class BandPowers {
public:
    static constexpr std::size_t kBands = 7;
    // Of band b: from kEdgesHz[b] to kEdgesHz[b + 1].
    static constexpr std::array<double, kBands + 1> kEdgesHz{90,    300,   600,   1'000,
                                                             1'600, 2'400, 3'600, 5'500};
    using Powers = std::array<double, kBands>;

    // 12 kHz or more, so that all bands lie below half of it.
    explicit BandPowers(int rate_hz);

    // Mean squares of the next frame, 1 being full scale; all 0 for an empty one.
    [[nodiscard]] Powers hear(std::span<const float> frame);
    // The stream begins anew.
    void reset();

private:
    // y = gain × (x - x[-2]) - a1 × y[-1] - a2 × y[-2]
    struct Filter {
        double gain = 0, a1 = 0, a2 = 0;
        double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        double next(double x);
    };
    std::array<std::array<Filter, 2>, kBands> filters_{};
};

}  // namespace media

#include "media/levels.hpp"

#include <algorithm>
#include <cmath>

namespace media {
namespace {

float to_dbfs(double amplitude) {
    if (amplitude <= 0.0) return kSilenceDbfs;
    return std::max(kSilenceDbfs, static_cast<float>(20.0 * std::log10(amplitude)));
}

}  // namespace

Level measure(std::span<const float> samples) {
    constexpr double kFull = 32767.0 / 32768.0;
    Level level;
    double power = 0.0;
    double peak = 0.0;
    for (const float sample : samples) {
        const double magnitude = std::abs(static_cast<double>(sample));
        power += magnitude * magnitude;
        peak = std::max(peak, magnitude);
        if (magnitude >= kFull) ++level.clipped;
    }
    if (samples.empty()) return level;
    level.rms_dbfs = to_dbfs(std::sqrt(power / static_cast<double>(samples.size())));
    level.peak_dbfs = to_dbfs(peak);
    return level;
}

}  // namespace media

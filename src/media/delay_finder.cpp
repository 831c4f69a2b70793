#include "media/delay_finder.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace media {
namespace {

constexpr std::size_t kThin = 4;
constexpr float kEmphasis = 0.95F;  // speech has most of its power where its delay shows least
constexpr double kSilence = 1e-7;   // of the mean square: -70 dBFS

std::vector<float> sharpened(std::span<const float> in) {
    std::vector<float> out(in.size());
    float before = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = in[i] - kEmphasis * before;
        before = in[i];
    }
    return out;
}

std::vector<float> thinned(std::span<const float> in) {
    std::vector<float> out(in.size() / kThin);
    for (std::size_t i = 0; i < out.size(); ++i) {
        float sum = 0;
        for (std::size_t k = 0; k < kThin; ++k) sum += in[i * kThin + k];
        out[i] = sum;
    }
    return out;
}

double power(std::span<const float> in) {
    double sum = 0;
    for (const float sample : in) sum += static_cast<double>(sample) * static_cast<double>(sample);
    return sum;
}

// Of `heard` and the piece of `said` from `at` on; an echo may be turned upside down.
double likeness(std::span<const float> heard, double heard_power, std::span<const float> said,
                std::size_t at) {
    double both = 0;
    double said_power = 0;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        const auto sample = static_cast<double>(said[at + i]);
        both += static_cast<double>(heard[i]) * sample;
        said_power += sample * sample;
    }
    return said_power > 0 ? std::abs(both) / std::sqrt(heard_power * said_power) : 0;
}

struct Best {
    std::size_t at = 0;
    double likeness = -1;
};

Best best_between(std::span<const float> heard, std::span<const float> said, std::size_t first,
                  std::size_t last) {
    const double heard_power = power(heard);
    Best best;
    for (std::size_t at = first; at <= last; ++at) {
        const double found = likeness(heard, heard_power, said, at);
        if (found > best.likeness) best = {at, found};
    }
    return best;
}

}  // namespace

std::optional<FoundDelay> find_delay(std::span<const float> heard, std::span<const float> said) {
    if (heard.size() < 2 * kThin || said.size() < heard.size()) return std::nullopt;
    const auto silent = [](std::span<const float> in) {
        return power(in) < kSilence * static_cast<double>(in.size());
    };
    if (silent(heard) || silent(said)) return std::nullopt;
    const auto sharp_heard = sharpened(heard);
    const auto sharp_said = sharpened(said);
    const std::size_t most = said.size() - heard.size();
    const auto thin_heard = thinned(sharp_heard);
    const auto thin_said = thinned(sharp_said);
    const Best coarse =
        best_between(thin_heard, thin_said, 0, thin_said.size() - thin_heard.size());
    const std::size_t near = coarse.at * kThin;
    const std::size_t around = 2 * kThin;
    const Best fine = best_between(sharp_heard, sharp_said, near > around ? near - around : 0,
                                   std::min(most, near + around));
    if (fine.likeness <= 0) return std::nullopt;
    return FoundDelay{static_cast<Samples>(most - fine.at), static_cast<float>(fine.likeness)};
}

}  // namespace media

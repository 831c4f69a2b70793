#include "engine/speech/log_mel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace engine::speech {
namespace {

// Slaney's mel scale: linear below 1 kHz, logarithmic above.
double to_mel(double hz) {
    return hz < 1000 ? hz * 3 / 200 : 15 + std::log(hz / 1000) * 27 / std::log(6.4);
}
double to_hz(double mel) {
    return mel < 15 ? mel * 200 / 3 : 1000 * std::exp(std::log(6.4) / 27 * (mel - 15));
}

}  // namespace

LogMel::LogMel()
    : hann_(kWindow),
      inner_cos_(kInner * kInner),
      inner_sin_(kInner * kInner),
      outer_cos_(kBins * kOuter),
      outer_sin_(kBins * kOuter),
      bands_(kBands) {
    const auto angle = [](std::size_t step, std::size_t steps) {
        return 2 * std::numbers::pi * static_cast<double>(step % steps) /
               static_cast<double>(steps);
    };
    for (std::size_t i = 0; i < kWindow; ++i) {
        hann_[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle(i, kWindow)));
    }
    for (std::size_t k = 0; k < kInner; ++k) {
        for (std::size_t n = 0; n < kInner; ++n) {
            inner_cos_[k * kInner + n] = static_cast<float>(std::cos(angle(n * k, kInner)));
            inner_sin_[k * kInner + n] = static_cast<float>(std::sin(angle(n * k, kInner)));
        }
    }
    for (std::size_t k = 0; k < kBins; ++k) {
        for (std::size_t r = 0; r < kOuter; ++r) {
            outer_cos_[k * kOuter + r] = static_cast<float>(std::cos(angle(r * k, kWindow)));
            outer_sin_[k * kOuter + r] = static_cast<float>(std::sin(angle(r * k, kWindow)));
        }
    }
    std::array<double, kBands + 2> edges{};
    for (std::size_t i = 0; i < edges.size(); ++i) {
        edges[i] = to_hz(to_mel(kRate / 2.0) * static_cast<double>(i) / (kBands + 1));
    }
    for (std::size_t m = 0; m < kBands; ++m) {
        for (std::size_t k = 0; k < kBins; ++k) {
            const double hz = static_cast<double>(kRate * k) / kWindow;
            const double rising = (hz - edges[m]) / (edges[m + 1] - edges[m]);
            const double falling = (edges[m + 2] - hz) / (edges[m + 2] - edges[m + 1]);
            const double weight =
                std::max(0.0, std::min(rising, falling)) * 2 / (edges[m + 2] - edges[m]);
            if (weight <= 0) continue;
            if (bands_[m].weights.empty()) bands_[m].first = k;
            bands_[m].weights.push_back(static_cast<float>(weight));
        }
    }
}

// 16 transforms of length 25, joined with turned factors. The innermost loops go over neighbours in
// memory, so that the compiler makes vectors of them.
void LogMel::power_of(const float* window, std::span<float, kBins> power) const {
    std::array<float, kWindow> shaped{};
    for (std::size_t i = 0; i < kWindow; ++i) shaped[i] = window[i] * hann_[i];
    std::array<float, kWindow> real{};  // [frequency][part]
    std::array<float, kWindow> imaginary{};
    for (std::size_t k = 0; k < kInner; ++k) {
        float* const re = real.data() + k * kOuter;
        float* const im = imaginary.data() + k * kOuter;
        for (std::size_t n = 0; n < kInner; ++n) {
            const float cosine = inner_cos_[k * kInner + n];
            const float sine = inner_sin_[k * kInner + n];
            const float* const part = shaped.data() + n * kOuter;
            for (std::size_t r = 0; r < kOuter; ++r) {
                re[r] += part[r] * cosine;
                im[r] -= part[r] * sine;
            }
        }
    }
    constexpr std::size_t kLanes = 4;
    for (std::size_t k = 0; k < kBins; ++k) {
        const float* const a = real.data() + k % kInner * kOuter;
        const float* const b = imaginary.data() + k % kInner * kOuter;
        const float* const cosine = outer_cos_.data() + k * kOuter;
        const float* const sine = outer_sin_.data() + k * kOuter;
        std::array<float, kLanes> re{};
        std::array<float, kLanes> im{};
        for (std::size_t r = 0; r < kOuter; r += kLanes) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                const std::size_t i = r + lane;
                re[lane] += a[i] * cosine[i] + b[i] * sine[i];
                im[lane] += b[i] * cosine[i] - a[i] * sine[i];
            }
        }
        const float whole_re = (re[0] + re[1]) + (re[2] + re[3]);
        const float whole_im = (im[0] + im[1]) + (im[2] + im[3]);
        power[k] = whole_re * whole_re + whole_im * whole_im;
    }
}

std::vector<float> LogMel::compute(std::span<const float> samples) const {
    constexpr std::size_t kEdge = kWindow / 2;  // mirrored at both ends
    std::vector<float> sound(kSamples + 2 * kEdge, 0.0F);
    float* const first = sound.data() + kEdge;
    const std::size_t count = std::min(samples.size(), kSamples);
    std::copy(samples.end() - static_cast<std::ptrdiff_t>(count), samples.end(),
              first + (kSamples - count));
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < kSamples; ++i) mean += static_cast<double>(first[i]);
    mean /= kSamples;
    for (std::size_t i = 0; i < kSamples; ++i) {
        const double off = static_cast<double>(first[i]) - mean;
        square += off * off;
    }
    const double gain = 1 / std::sqrt(square / kSamples + 1e-7);
    for (std::size_t i = 0; i < kSamples; ++i) {
        first[i] = static_cast<float>((static_cast<double>(first[i]) - mean) * gain);
    }
    for (std::size_t i = 1; i <= kEdge; ++i) {
        first[-static_cast<std::ptrdiff_t>(i)] = first[i];
        first[kSamples - 1 + i] = first[kSamples - 1 - i];
    }
    std::vector<float> out(kBands * kColumns);
    std::array<float, kBins> power{};
    float highest = -1e9F;
    const std::size_t silent = kSamples - count;
    for (std::size_t column = 0; column < kColumns; ++column) {
        // In the silence before the sound one column is as the other.
        if (column > 0 && column * kHop + kEdge <= silent) {
            for (std::size_t m = 0; m < kBands; ++m) {
                out[m * kColumns + column] = out[m * kColumns + column - 1];
            }
            continue;
        }
        power_of(sound.data() + column * kHop, power);
        for (std::size_t m = 0; m < kBands; ++m) {
            float energy = 0;
            const Band& band = bands_[m];
            for (std::size_t k = 0; k < band.weights.size(); ++k) {
                energy += band.weights[k] * power[band.first + k];
            }
            const float level = std::log10(std::max(energy, 1e-10F));
            out[m * kColumns + column] = level;
            highest = std::max(highest, level);
        }
    }
    for (float& value : out) value = (std::max(value, highest - 8) + 4) / 4;
    return out;
}

}  // namespace engine::speech

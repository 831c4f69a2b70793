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

LogMel::LogMel() : hann_(kWindow), cosines_(kWindow), sines_(kWindow), bands_(kBands) {
    for (std::size_t i = 0; i < kWindow; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kWindow;
        hann_[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
        cosines_[i] = static_cast<float>(std::cos(angle));
        sines_[i] = static_cast<float>(std::sin(angle));
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

// A transform of 400 = 16 × 25 samples in two steps: 16 of length 25, joined with turned factors.
void LogMel::power_of(const float* window, std::span<float, kBins> power) const {
    constexpr std::size_t kOuter = 16;
    constexpr std::size_t kInner = kWindow / kOuter;
    std::array<float, kWindow> real{};
    std::array<float, kWindow> imaginary{};
    for (std::size_t r = 0; r < kOuter; ++r) {
        for (std::size_t k = 0; k < kInner; ++k) {
            float re = 0;
            float im = 0;
            for (std::size_t n = 0; n < kInner; ++n) {
                const std::size_t i = n * kOuter + r;
                const float value = window[i] * hann_[i];
                const std::size_t turn = n * k % kInner * kOuter;
                re += value * cosines_[turn];
                im -= value * sines_[turn];
            }
            real[r * kInner + k] = re;
            imaginary[r * kInner + k] = im;
        }
    }
    for (std::size_t k = 0; k < kBins; ++k) {
        float re = 0;
        float im = 0;
        for (std::size_t r = 0; r < kOuter; ++r) {
            const std::size_t turn = r * k % kWindow;
            const float a = real[r * kInner + k % kInner];
            const float b = imaginary[r * kInner + k % kInner];
            re += a * cosines_[turn] + b * sines_[turn];
            im += b * cosines_[turn] - a * sines_[turn];
        }
        power[k] = re * re + im * im;
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
    for (std::size_t column = 0; column < kColumns; ++column) {
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

#include "body/ear.hpp"

#include <algorithm>
#include <cmath>

#include "body/trig.hpp"
#include "body/vec.hpp"

namespace body {
namespace {

constexpr int kFreshTicks = 7;
constexpr float kOpenAt = .006F;  // root mean square; below it nobody speaks
constexpr float kFullAt = .12F;
constexpr float kClosing = .22F;  // of the way in a tick
constexpr float kOpening = .45F;

// Where the energy of the first and the second resonance lies, Hz; from centroids of the bands
// below, so the ends are nearer to each other than in tables of formants.
struct Resonances {
    float first;
    float second;
};
constexpr std::array<Resonances, kVowels> kPlaces{{
    {.first = 700, .second = 1350},  // aa
    {.first = 340, .second = 2250},  // ih
    {.first = 370, .second = 1180},  // ou
    {.first = 490, .second = 1980},  // ee
    {.first = 490, .second = 1150},  // oh
}};

struct Band {
    float energy = 0;
    float centre = 0;
};

// Energy and its centre between two frequencies, from magnitudes of equal width.
Band band_of(std::span<const float> bands, float width, float low, float high, float sharp) {
    Band band;
    float weights = 0;
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const float hz = (static_cast<float>(i) + .5F) * width;
        if (hz < low || hz >= high) continue;
        const float magnitude = clamped(bands[i], 0, 1e6F);
        const float energy = magnitude * magnitude;
        band.energy += energy;
        const float weight = sharp > 1 ? energy * energy : energy;
        band.centre += weight * hz;
        weights += weight;
    }
    band.centre = weights > 0 ? band.centre / weights : (low + high) * .5F;
    return band;
}

struct Point {
    float re = 0;
    float im = 0;
};

// In place, 512 points: decimation in time with the twiddles stepped from own sines.
void transform(std::array<Point, 512>& p) {
    for (std::size_t i = 1, j = 0; i < p.size(); ++i) {
        std::size_t bit = p.size() >> 1U;
        for (; (j & bit) != 0; bit >>= 1U) j ^= bit;
        j ^= bit;
        if (i < j) std::swap(p[i], p[j]);
    }
    for (std::size_t size = 2; size <= p.size(); size *= 2) {
        const float angle = -2 * kPi / static_cast<float>(size);
        for (std::size_t k = 0; k < size / 2; ++k) {
            const float c = cosine(angle * static_cast<float>(k));
            const float s = sine(angle * static_cast<float>(k));
            for (std::size_t i = k; i < p.size(); i += size) {
                Point& a = p[i];
                Point& b = p[i + size / 2];
                const Point t{.re = b.re * c - b.im * s, .im = b.re * s + b.im * c};
                b = {.re = a.re - t.re, .im = a.im - t.im};
                a = {.re = a.re + t.re, .im = a.im + t.im};
            }
        }
    }
}

}  // namespace

void Ear::measure(float level, std::span<const float> bands, float top_hz) {
    const float loudness = clamped(level, 0, 1);
    fresh_ = kFreshTicks;
    noise_ = loudness < noise_ ? loudness : mix(noise_, loudness, .002F);
    const float floor = std::max(kOpenAt, clamped(noise_, 0, .03F) * 2);
    loud_ = loudness > floor;
    wanted_.fill(0);
    if (!loud_) return;
    const float open = std::sqrt(clamped((loudness - floor) / (kFullAt - floor), 0, 1));
    if (bands.size() < 8 || !(top_hz >= 2500 && top_hz <= 200'000)) {
        wanted_[static_cast<std::size_t>(Vowel::aa)] = open * .8F;
        return;
    }
    const float width = top_hz / static_cast<float>(bands.size());
    const Band first = band_of(bands, width, 200, 1000, 1);
    const Band second = band_of(bands, width, 1000, 3000, 1);
    const Band hiss = band_of(bands, width, 3800, 8000, 1);
    const float voice = first.energy + second.energy;
    if (hiss.energy > voice * 1.5F) {
        wanted_[static_cast<std::size_t>(Vowel::ih)] = .3F;
        wanted_[static_cast<std::size_t>(Vowel::ee)] = .1F;
        return;
    }
    // Without energy above 1 kHz the second resonance lies below it: rounded lips.
    const float rounded = clamped(1 - second.energy / (voice * .02F + 1e-9F), 0, 1);
    const float centre = mix(second.centre, 1000, rounded);
    float sum = 0;
    for (std::size_t i = 0; i < kVowels; ++i) {
        const float a = (first.centre - kPlaces[i].first) / 90;
        const float b = (centre - kPlaces[i].second) / 330;
        wanted_[i] = exponential(-.5F * (a * a + b * b)) + 1e-4F;
        sum += wanted_[i];
    }
    for (float& vowel : wanted_) vowel *= open * .95F / sum;
}

void Ear::hear(std::span<const float> samples, int rate_hz) {
    if (rate_hz < 8000 || rate_hz > 384'000) return;
    // To 16 kHz by means of what falls into each step; lower rates repeat.
    const float step = static_cast<float>(kRate) / static_cast<float>(rate_hz);
    for (const float sample : samples) {
        sum_ += clamped(sample, -1, 1);
        ++summed_;
        phase_ += step;
        while (phase_ >= 1) {
            phase_ -= 1;
            window_[filled_++] = summed_ > 0 ? sum_ / static_cast<float>(summed_) : 0.0F;
            if (phase_ < 1) {
                sum_ = 0;
                summed_ = 0;
            }
            if (filled_ == kWindow) {
                analyse();
                std::copy(window_.begin() + kWindow / 2, window_.end(), window_.begin());
                filled_ = kWindow / 2;
            }
        }
    }
}

void Ear::analyse() {
    std::array<Point, kWindow> points;
    float square = 0;
    for (std::size_t i = 0; i < kWindow; ++i) {
        square += window_[i] * window_[i];
        const float hann =
            .5F - .5F * cosine(2 * kPi * static_cast<float>(i) / static_cast<float>(kWindow));
        points[i] = {.re = window_[i] * hann, .im = 0};
    }
    transform(points);
    std::array<float, kWindow / 2> magnitudes;
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
        magnitudes[i] = std::sqrt(points[i].re * points[i].re + points[i].im * points[i].im);
    }
    measure(std::sqrt(square / static_cast<float>(kWindow)), magnitudes, kRate * .5F);
}

void Ear::step() {
    if (fresh_ > 0) --fresh_;
    for (std::size_t i = 0; i < kVowels; ++i) {
        const float goal = fresh_ > 0 ? wanted_[i] : 0.0F;
        mouth_[i] += (goal - mouth_[i]) * (goal > mouth_[i] ? kOpening : kClosing);
        if (goal <= 0 && mouth_[i] < .02F) mouth_[i] = 0;
    }
}

}  // namespace body

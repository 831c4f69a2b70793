#include "media/resampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/core.h>

namespace media {
namespace {

constexpr int kPeriods = 48;      // of the lower rate, on each side of the centre
constexpr double kCutoff = 0.94;  // of the lower Nyquist frequency: the middle of the transition
constexpr double kKaiserBeta = 10.06;  // 100 dB
constexpr Samples kMaxCoefficients = 2'000'000;
constexpr std::size_t kBlock = 1024;

double bessel_i0(double x) {
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; term > sum * 1e-17; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

double sinc(double x) {
    if (std::abs(x) < 1e-12) return 1.0;
    return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

float dot(const float* a, const float* b, std::size_t size) {
    // Eight running sums let the compiler use vector registers without reordering float sums.
    std::array<float, 8> sums{};
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        for (std::size_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
    }
    for (; i < size; ++i) sums[0] += a[i] * b[i];
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
           ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace

base::Result<Resampler> Resampler::make(int in_hz, int out_hz) {
    TRY_DO(check({SampleType::f32, in_hz, 1}));
    TRY_DO(check({SampleType::f32, out_hz, 1}));
    Resampler made(in_hz, out_hz);
    if (made.up_ * 2 * made.half_ > kMaxCoefficients) {
        return base::fail(base::ErrorCode::unsupported,
                          fmt::format("audio of {} Hz cannot be turned into {} Hz", in_hz, out_hz),
                          "use a usual rate: 8000, 16000, 22050, 24000, 32000, 44100 or 48000 Hz");
    }
    made.design();
    made.reset();
    return made;
}

Resampler::Resampler(int in_hz, int out_hz) : in_hz_(in_hz), out_hz_(out_hz) {
    const int measure = std::gcd(in_hz, out_hz);
    up_ = out_hz / measure;
    down_ = in_hz / measure;
    const int lower = std::min(in_hz, out_hz);
    if (in_hz != out_hz) half_ = (Samples{kPeriods} * in_hz + lower - 1) / lower;
}

void Resampler::design() {
    if (half_ == 0) return;
    const auto taps = static_cast<std::size_t>(2 * half_);
    const double width = std::min(1.0, static_cast<double>(out_hz_) / in_hz_) * kCutoff;
    filter_.resize(static_cast<std::size_t>(up_) * taps);
    std::vector<double> row(taps);
    for (Samples phase = 0; phase < up_; ++phase) {
        const double fraction = static_cast<double>(phase) / static_cast<double>(up_);
        double sum = 0.0;
        for (std::size_t i = 0; i < taps; ++i) {
            // Tap i stands at half_ - 1 samples before the centre plus i.
            const double t = static_cast<double>(i) - static_cast<double>(half_ - 1) - fraction;
            const double r = t / static_cast<double>(half_);
            const double window =
                std::abs(r) >= 1.0
                    ? 0.0
                    : bessel_i0(kKaiserBeta * std::sqrt(1.0 - r * r)) / bessel_i0(kKaiserBeta);
            row[i] = sinc(t * width) * window;
            sum += row[i];
        }
        // Each phase has gain 1 at 0 Hz: a constant stays exactly constant.
        for (std::size_t i = 0; i < taps; ++i) {
            filter_[static_cast<std::size_t>(phase) * taps + i] = static_cast<float>(row[i] / sum);
        }
    }
}

void Resampler::reset() {
    const auto silence = static_cast<std::size_t>(half_ == 0 ? 0 : half_ - 1);
    window_.reserve(static_cast<std::size_t>(2 * half_ + down_) + kBlock);
    window_.assign(silence, 0.0F);
    window_start_ = -static_cast<Samples>(silence);
    received_ = 0;
    next_out_ = 0;
}

void Resampler::process(std::span<const float> in, std::vector<float>& out) {
    if (half_ == 0) {
        out.insert(out.end(), in.begin(), in.end());
        return;
    }
    while (!in.empty()) {
        const auto block = in.first(std::min(in.size(), kBlock));
        in = in.subspan(block.size());
        window_.insert(window_.end(), block.begin(), block.end());
        received_ += static_cast<Samples>(block.size());
        emit_ready(out, received_ - half_);
    }
}

void Resampler::flush(std::vector<float>& out) {
    if (half_ != 0) {
        const Samples end = received_;
        for (Samples left = half_; left > 0;) {
            const auto block = static_cast<std::size_t>(std::min(left, Samples{kBlock}));
            window_.insert(window_.end(), block, 0.0F);
            received_ += static_cast<Samples>(block);
            left -= static_cast<Samples>(block);
            emit_ready(out, std::min(end, received_ - half_));
        }
    }
    reset();
}

// Writes the output samples whose time is before `until` (input samples), then lets go of input.
void Resampler::emit_ready(std::vector<float>& out, Samples until) {
    const auto taps = static_cast<std::size_t>(2 * half_);
    Samples centre = next_out_ * down_ / up_;
    while (centre < until) {
        const Samples phase = next_out_ * down_ % up_;
        const auto first = static_cast<std::size_t>(centre - (half_ - 1) - window_start_);
        out.push_back(dot(window_.data() + first,
                          filter_.data() + static_cast<std::size_t>(phase) * taps, taps));
        ++next_out_;
        centre = next_out_ * down_ / up_;
    }
    const Samples needed = centre - (half_ - 1) - window_start_;
    const Samples gone = std::clamp(needed, Samples{0}, static_cast<Samples>(window_.size()));
    window_.erase(window_.begin(), window_.begin() + gone);
    window_start_ += gone;
}

}  // namespace media

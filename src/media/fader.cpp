#include "media/fader.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace media {

Fader::Fader(Samples length, Start start)
    : length_(std::max(Samples{1}, length)), position_(start == Start::full ? length_ : 0) {}

float Fader::gain() const {
    const double way = static_cast<double>(position_) / static_cast<double>(length_);
    return static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * way));
}

void Fader::apply(std::span<float> block) {
    for (float& sample : block) {
        position_ = std::clamp(position_ + direction_, Samples{0}, length_);
        sample *= gain();
        if (position_ == 0 || position_ == length_) direction_ = 0;
    }
}

}  // namespace media

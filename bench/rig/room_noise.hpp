// What a microphone hears of a room besides the voice: white noise, either low all the time or so
// many dB below the speech. Sounds are samples from -1 to 1. Each object and generator belongs to
// one thread; the same seed makes the same noise.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

namespace bench {

// The noise of a quiet room, about 66 dB below full scale, for a microphone in real time.
class RoomNoise {
public:
    explicit RoomNoise(unsigned seed) : random_(seed) {}

    [[nodiscard]] float next() { return noise_(random_); }
    void add_to(std::span<float> sound) {
        for (auto& sample : sound) sample += next();
    }

private:
    std::mt19937 random_;
    std::normal_distribution<float> noise_{0.0F, 0.0005F};
};

// A sound over noise that is `signal_to_noise_db` below its mean level. `silence`: how many of its
// samples were put around the speech and do not count. A sound that is all silence stays as it is.
[[nodiscard]] inline std::vector<float> over_noise(std::vector<float> sound,
                                                   double signal_to_noise_db, std::mt19937& random,
                                                   std::size_t silence = 0) {
    if (sound.size() <= silence) return sound;
    double energy = 0;
    for (const float sample : sound) energy += static_cast<double>(sample) * sample;
    const double level = std::sqrt(energy / static_cast<double>(sound.size() - silence));
    if (level == 0) return sound;
    std::normal_distribution<float> noise(
        0.0F, static_cast<float>(level * std::pow(10.0, -signal_to_noise_db / 20)));
    for (auto& sample : sound) sample += noise(random);
    return sound;
}

}  // namespace bench

// WAV files for the commands `speak` and `transcribe`. Any thread. What comes from outside is not
// trusted: every lie of a header is a clear error (corrupt, unsupported, too_large, not_found).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace loci {

struct Wave {
    int sample_rate = 0;
    std::vector<float> samples;  // mono: channels are averaged
};

[[nodiscard]] base::Result<Wave> parse_wave(std::string_view bytes);
[[nodiscard]] base::Result<Wave> read_wave(const std::filesystem::path& path);
// 16-bit PCM, mono.
[[nodiscard]] base::Result<void> write_wave(const std::filesystem::path& path, int sample_rate,
                                            std::span<const std::int16_t> samples);
// The same sound at another rate, by a windowed sinc; nothing audible folds back.
[[nodiscard]] std::vector<float> resample(const std::vector<float>& samples, int from, int to);

}  // namespace loci

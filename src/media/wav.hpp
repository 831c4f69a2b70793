// WAV files in memory: reads PCM 8/16/24/32, float, µ-law and A-law, mono or stereo, into mono
// float; writes mono. What it reads is hostile: each length and field is checked against the bytes
// that are there, and a file that says anything untrue is refused (corrupt, unsupported or
// too_large), with the place named. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/audio_format.hpp"

namespace media {

struct Clip {
    int rate_hz = 0;
    std::vector<float> samples;  // mono, ±1.0
};

enum class WavLength {
    must_match,   // the header's lengths must lie within the file
    may_be_open,  // a program that wrote into a pipe could not know them: the end of the bytes
                  // counts
};

struct WavLimits {
    Samples max_frames = Samples{48'000} * 60 * 60;  // one hour at 48 kHz
    WavLength length = WavLength::must_match;
};

[[nodiscard]] base::Result<Clip> read_wav(std::span<const std::byte> file, WavLimits limits = {});

// What stands before the samples of a WAV file.
struct WavHead {
    AudioFormat format;
    std::size_t data_at = 0;                  // the first byte of the first sample
    std::optional<std::uint64_t> data_bytes;  // unset: written into a pipe, the length is open
};

// The head of a file of which only the first bytes have come; unset: more of them are needed. A
// length of 0 or of about 2 GiB and more is what writers put where they do not know it yet.
[[nodiscard]] base::Result<std::optional<WavHead>> read_wav_head(std::span<const std::byte> first);

// A canonical RIFF file; invalid_argument for a rate outside 8…48 kHz, too_large beyond 4 GiB.
[[nodiscard]] base::Result<std::vector<std::byte>> write_wav(const Clip& clip,
                                                             SampleType type = SampleType::s16);

}  // namespace media

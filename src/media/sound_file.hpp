// Sound files as people have them: reads FLAC, MP3, Ogg Vorbis, Ogg Opus (libsndfile) and WAV (our
// own reader); writes MP3, FLAC, Ogg Opus, WAV and bare PCM piece by piece, while the sound is
// still being made. What is read is hostile and may unpack to any length: it is turned into mono of
// one rate block by block and stops at a limit. One thread an object; reading takes long enough to
// belong on a worker thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/wav.hpp"

namespace media {

// Mono at `rate_hz`. Errors: unsupported (what it looks like instead), corrupt, too_large.
[[nodiscard]] base::Result<Clip> read_sound(std::span<const std::byte> file, int rate_hz,
                                            std::chrono::seconds most);

enum class SoundFormat { mp3, flac, opus, wav, pcm };

// "audio/mpeg" …; bare PCM has no name of its own.
[[nodiscard]] std::string_view media_type(SoundFormat format);

class SoundWriter {
public:
    // Mono at 8, 12, 16, 24 or 48 kHz.
    [[nodiscard]] static base::Result<SoundWriter> make(SoundFormat format, int rate_hz);
    ~SoundWriter();
    SoundWriter(SoundWriter&&) noexcept;
    SoundWriter& operator=(SoundWriter&&) noexcept;

    // What the file grew by; encoders keep some back.
    [[nodiscard]] base::Result<std::vector<std::byte>> write(std::span<const float> samples);
    // The end of the file; nothing may be written after it.
    [[nodiscard]] base::Result<std::vector<std::byte>> finish();

private:
    struct State;
    explicit SoundWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace media

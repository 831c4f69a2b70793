// Sound as it travels in Realtime events: base64 of PCM at 24 kHz or of G.711 at 8 kHz, cut
// anywhere. One decoder and one encoder a stream, so that cuts cannot be heard. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/realtime/fault.hpp"
#include "media/resampler.hpp"

namespace realtime {

enum class Format { pcm, mulaw, alaw };

[[nodiscard]] constexpr int rate_of(Format format) {
    return format == Format::pcm ? 24'000 : 8'000;
}
// {"type": "audio/pcm", "rate": 24000}
[[nodiscard]] json::Object to_json(Format format);
[[nodiscard]] Checked<Format> read_format(const json::Value& value, const std::string& param);

inline constexpr std::size_t kMaxAppend =
    std::size_t{15} * 1024 * 1024;  // bytes of sound in one event

// Bytes of base64; invalid_value for anything else, too much included.
[[nodiscard]] Checked<std::vector<std::byte>> read_audio(const json::Value* value,
                                                         const std::string& param);

class AudioDecoder {
public:
    // Resamples to `rate_hz`.
    AudioDecoder(Format format, int rate_hz);
    // Half a sample at the end waits for its other half.
    void decode(std::span<const std::byte> bytes, std::vector<float>& out);
    void flush(std::vector<float>& out);
    void reset();
    [[nodiscard]] Format format() const { return format_; }

private:
    Format format_;
    media::Resampler resampler_;
    std::optional<std::byte> half_;
    std::vector<float> samples_;
};

class AudioEncoder {
public:
    // Takes samples of `rate_hz`.
    AudioEncoder(Format format, int rate_hz);
    [[nodiscard]] std::vector<std::byte> encode(std::span<const float> samples);
    [[nodiscard]] std::vector<std::byte> flush();

private:
    [[nodiscard]] std::vector<std::byte> pack() const;
    Format format_;
    media::Resampler resampler_;
    std::vector<float> samples_;
};

}  // namespace realtime

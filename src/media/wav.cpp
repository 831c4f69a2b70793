#include "media/wav.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "media/pcm.hpp"

namespace media {
namespace {

using base::ErrorCode;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kRiffHeader = 12;
constexpr std::size_t kChunkHeader = 8;
constexpr std::uint32_t kOpenLength = 0x7FFF'F000;
constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kFloat = 3;
constexpr std::uint16_t kAlaw = 6;
constexpr std::uint16_t kMulaw = 7;
constexpr std::uint16_t kExtensible = 0xFFFE;

std::uint32_t read_u32(Bytes bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
    }
    return value;
}

std::uint16_t read_u16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) |
                                      std::to_integer<unsigned>(bytes[at + 1]) << 8U);
}

bool has_tag(Bytes bytes, std::size_t at, std::string_view tag) {
    for (std::size_t i = 0; i < tag.size(); ++i) {
        if (std::to_integer<char>(bytes[at + i]) != tag[i]) return false;
    }
    return true;
}

base::Result<SampleType> sample_type(std::uint16_t code, std::uint16_t bits) {
    if (code == kPcm && bits == 8) return SampleType::u8;
    if (code == kPcm && bits == 16) return SampleType::s16;
    if (code == kPcm && bits == 24) return SampleType::s24;
    if (code == kPcm && bits == 32) return SampleType::s32;
    if (code == kFloat && bits == 32) return SampleType::f32;
    if (code == kAlaw && bits == 8) return SampleType::alaw;
    if (code == kMulaw && bits == 8) return SampleType::mulaw;
    return base::fail(ErrorCode::unsupported,
                      fmt::format("WAV: encoding {} with {} bits is not offered", code, bits),
                      "save the file as 16-bit PCM");
}

// What the `fmt ` chunk says, once it has been found to be consistent with itself.
base::Result<AudioFormat> read_format(Bytes chunk) {
    if (chunk.size() < 16) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("WAV: the format chunk has {} bytes, not 16", chunk.size()));
    }
    std::uint16_t code = read_u16(chunk, 0);
    const std::uint16_t channels = read_u16(chunk, 2);
    const std::uint32_t rate = read_u32(chunk, 4);
    const std::uint32_t bytes_per_second = read_u32(chunk, 8);
    const std::uint16_t block = read_u16(chunk, 12);
    const std::uint16_t bits = read_u16(chunk, 14);
    if (code == kExtensible) {
        if (chunk.size() < 40) {
            return base::fail(ErrorCode::corrupt,
                              "WAV: the extended format chunk is shorter than 40 bytes");
        }
        if (const std::uint16_t used = read_u16(chunk, 18); used != bits) {
            return base::fail(ErrorCode::unsupported,
                              fmt::format("WAV: {} of {} bits are used in a sample", used, bits),
                              "save the file as 16-bit PCM");
        }
        code = read_u16(chunk, 24);
    }
    if (rate > static_cast<std::uint32_t>(std::numeric_limits<int>::max())) {
        return base::fail(ErrorCode::corrupt, fmt::format("WAV: a rate of {} Hz", rate));
    }
    TRY(type, sample_type(code, bits));
    const AudioFormat format{type, static_cast<int>(rate), channels};
    if (auto fits = check(format); !fits) {
        return base::fail(std::move(fits.error()).within("WAV"));
    }
    if (block != format.bytes_per_frame() || bytes_per_second != std::uint64_t{rate} * block) {
        return base::fail(
            ErrorCode::corrupt,
            fmt::format("WAV: {} bytes per frame and {} per second contradict {} × {} "
                        "at {} Hz",
                        block, bytes_per_second, channels, to_string(type), rate));
    }
    return format;
}

struct Parts {
    std::optional<AudioFormat> format;
    std::optional<Bytes> data;
};

// One chunk: its body, cut to the bytes that are there where an open length is allowed.
base::Result<Bytes> chunk_body(Bytes file, std::size_t at, WavLength length) {
    const std::uint32_t size = read_u32(file, at + 4);
    const std::size_t rest = file.size() - at - kChunkHeader;
    if (size <= rest) return file.subspan(at + kChunkHeader, size);
    if (length == WavLength::may_be_open && has_tag(file, at, "data")) {
        return file.subspan(at + kChunkHeader);
    }
    return base::fail(
        ErrorCode::corrupt,
        fmt::format("WAV: the chunk at byte {} claims {} bytes, {} are left", at, size, rest),
        "the file is cut off or damaged");
}

base::Result<Parts> read_chunks(Bytes file, WavLength length) {
    Parts parts;
    std::size_t at = kRiffHeader;
    while (!parts.data && file.size() - at >= kChunkHeader) {
        TRY(body, chunk_body(file, at, length));
        if (has_tag(file, at, "fmt ")) {
            if (parts.format) return base::fail(ErrorCode::corrupt, "WAV: two format chunks");
            TRY(format, read_format(body));
            parts.format = format;
        } else if (has_tag(file, at, "data")) {
            if (!parts.format) {
                return base::fail(ErrorCode::corrupt, "WAV: the data comes before its format");
            }
            parts.data = body;
        }
        // Chunks start at even places; the last one may lack its padding byte.
        at = std::min(file.size(), at + kChunkHeader + body.size() + body.size() % 2);
    }
    if (!parts.format) return base::fail(ErrorCode::corrupt, "WAV: there is no format chunk");
    if (!parts.data) return base::fail(ErrorCode::corrupt, "WAV: there is no data chunk");
    return parts;
}

base::Result<void> check_riff(Bytes file, WavLength length) {
    if (file.size() < kRiffHeader || !has_tag(file, 0, "RIFF") || !has_tag(file, 8, "WAVE")) {
        return base::fail(ErrorCode::corrupt,
                          "this is no WAV file: it does not begin with RIFF…WAVE");
    }
    const std::uint32_t claimed = read_u32(file, 4);
    if (length == WavLength::must_match && claimed > file.size() - kChunkHeader) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("WAV: the header claims {} bytes, {} are there", claimed,
                                      file.size() - kChunkHeader),
                          "the file is cut off or damaged");
    }
    return {};
}

void put(std::vector<std::byte>& out, std::string_view tag) {
    for (const char c : tag) out.push_back(static_cast<std::byte>(c));
}

void put(std::vector<std::byte>& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFU));
}

std::uint16_t code_of(SampleType type) {
    switch (type) {
        case SampleType::f32:
            return kFloat;
        case SampleType::mulaw:
            return kMulaw;
        case SampleType::alaw:
            return kAlaw;
        default:
            return kPcm;
    }
}

}  // namespace

base::Result<Clip> read_wav(std::span<const std::byte> file, WavLimits limits) {
    TRY_DO(check_riff(file, limits.length));
    TRY(parts, read_chunks(file, limits.length));
    const AudioFormat format = *parts.format;
    const auto frame = static_cast<std::size_t>(format.bytes_per_frame());
    if (limits.length == WavLength::must_match && parts.data->size() % frame != 0) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("WAV: {} bytes of data are no whole number of {}-byte frames",
                                      parts.data->size(), frame));
    }
    const std::size_t frames = parts.data->size() / frame;
    if (std::cmp_greater(frames, limits.max_frames)) {
        return base::fail(
            ErrorCode::too_large,
            fmt::format("WAV: {} samples are more than the {} allowed", frames, limits.max_frames),
            "send a shorter recording");
    }
    Clip clip{format.rate_hz,
              std::vector<float>(frames * static_cast<std::size_t>(format.channels))};
    decode_samples(format.type, *parts.data, clip.samples);
    if (format.channels == 2) {
        mix_to_mono(clip.samples, clip.samples);  // reads ahead of what it writes
        clip.samples.resize(frames);
    }
    return clip;
}

base::Result<std::optional<WavHead>> read_wav_head(std::span<const std::byte> first) {
    const std::optional<WavHead> more;
    if (first.size() < kRiffHeader) return more;
    TRY_DO(check_riff(first, WavLength::may_be_open));
    WavHead head;
    bool formatted = false;
    std::size_t at = kRiffHeader;
    while (first.size() - at >= kChunkHeader) {
        const std::uint32_t size = read_u32(first, at + 4);
        const std::size_t body = at + kChunkHeader;
        if (has_tag(first, at, "data")) {
            if (!formatted) {
                return base::fail(ErrorCode::corrupt, "WAV: the data comes before its format");
            }
            head.data_at = body;
            if (size != 0 && size < kOpenLength) head.data_bytes = size;
            return head;
        }
        if (first.size() - body < size) return more;
        if (has_tag(first, at, "fmt ")) {
            if (formatted) return base::fail(ErrorCode::corrupt, "WAV: two format chunks");
            TRY(format, read_format(first.subspan(body, size)));
            head.format = format;
            formatted = true;
        }
        const std::size_t next = body + size + size % 2;
        if (next > first.size()) return more;
        at = next;
    }
    return more;
}

base::Result<std::vector<std::byte>> write_wav(const Clip& clip, SampleType type) {
    const AudioFormat format{type, clip.rate_hz, 1};
    TRY_DO(check(format));
    const auto frame = static_cast<std::uint64_t>(format.bytes_per_frame());
    const std::uint64_t data = clip.samples.size() * frame;
    constexpr std::uint64_t kHeader = 44;
    if (data + kHeader > std::numeric_limits<std::uint32_t>::max()) {
        return base::fail(ErrorCode::too_large, "a WAV file cannot hold more than 4 GiB");
    }
    std::vector<std::byte> out;
    out.reserve(static_cast<std::size_t>(kHeader + data + data % 2));
    put(out, "RIFF");
    put(out, kHeader - kChunkHeader + data + data % 2, 4);
    put(out, "WAVEfmt ");
    put(out, 16, 4);
    put(out, code_of(type), 2);
    put(out, 1, 2);
    put(out, static_cast<std::uint64_t>(clip.rate_hz), 4);
    put(out, static_cast<std::uint64_t>(clip.rate_hz) * frame, 4);
    put(out, frame, 2);
    put(out, frame * 8, 2);
    put(out, "data");
    put(out, data, 4);
    out.resize(out.size() + static_cast<std::size_t>(data));
    encode_samples(type, clip.samples, std::span(out).subspan(static_cast<std::size_t>(kHeader)));
    if (data % 2 != 0) out.push_back(std::byte{0});
    return out;
}

}  // namespace media

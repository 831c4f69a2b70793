#include "media/sound_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <fmt/core.h>
#include <sndfile.h>

#include "media/pcm.hpp"
#include "media/resampler.hpp"

namespace media {
namespace {

using base::ErrorCode;

constexpr int kBlockFrames = 4'096;
constexpr int kMaxChannels = 8;

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, CloseFile>;

bool begins(std::span<const std::byte> file, std::string_view magic, std::size_t at = 0) {
    return file.size() >= at + magic.size() &&
           std::memcmp(file.data() + at, magic.data(), magic.size()) == 0;
}

bool looks_like_mp3(std::span<const std::byte> file) {
    if (begins(file, "ID3")) return true;
    return file.size() > 2 && file[0] == std::byte{0xFF} &&
           (file[1] & std::byte{0xE0}) == std::byte{0xE0} &&
           (file[1] & std::byte{0x06}) != std::byte{0};
}

std::string_view kind_of(std::span<const std::byte> file) {
    if (begins(file, "\x1A\x45\xDF\xA3")) return "a WebM or Matroska file";
    if (begins(file, "ftyp", 4)) return "an MP4 or M4A file";
    if (file.empty()) return "an empty file";
    return "a file of an unknown kind";
}

// A file in memory, as libsndfile reads one.
struct Source {
    std::span<const std::byte> bytes;
    sf_count_t at = 0;
};

sf_count_t moved(sf_count_t from, sf_count_t size, sf_count_t offset, int whence) {
    const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? from : size;
    return std::clamp<sf_count_t>(base + offset, 0, std::max(size, from));
}

SF_VIRTUAL_IO reading() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* user) {
        return static_cast<sf_count_t>(static_cast<Source*>(user)->bytes.size());
    };
    io.seek = [](sf_count_t offset, int whence, void* user) {
        auto& source = *static_cast<Source*>(user);
        const auto size = static_cast<sf_count_t>(source.bytes.size());
        return source.at = std::min(moved(source.at, size, offset, whence), size);
    };
    io.read = [](void* out, sf_count_t count, void* user) {
        auto& source = *static_cast<Source*>(user);
        const auto left = static_cast<sf_count_t>(source.bytes.size()) - source.at;
        const auto taken = std::clamp<sf_count_t>(count, 0, left);
        std::memcpy(out, source.bytes.data() + source.at, static_cast<std::size_t>(taken));
        source.at += taken;
        return taken;
    };
    io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.tell = [](void* user) { return static_cast<Source*>(user)->at; };
    return io;
}

base::Error over(std::chrono::seconds most) {
    return base::make_error(ErrorCode::too_large,
                            fmt::format("more than {} minutes of sound", most.count() / 60),
                            "send it in parts");
}

base::Result<Clip> read_library(std::span<const std::byte> bytes, int rate_hz,
                                std::chrono::seconds most) {
    Source source{bytes, 0};
    auto io = reading();
    SF_INFO info{};
    const File file(sf_open_virtual(&io, SFM_READ, &info, &source));
    if (!file) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("the sound file cannot be read: {}", sf_strerror(nullptr)));
    }
    if (info.channels < 1 || info.channels > kMaxChannels) {
        return base::fail(ErrorCode::unsupported,
                          fmt::format("a sound file with {} channels", info.channels));
    }
    TRY(resampler, Resampler::make(info.samplerate, rate_hz));
    const auto limit = static_cast<std::size_t>(most.count()) * static_cast<std::size_t>(rate_hz);
    Clip clip;
    clip.rate_hz = rate_hz;
    const auto channels = static_cast<std::size_t>(info.channels);
    std::vector<float> block(kBlockFrames * channels);
    std::vector<float> mono;
    for (;;) {
        const auto frames = sf_readf_float(file.get(), block.data(), kBlockFrames);
        if (frames <= 0) break;
        mono.assign(static_cast<std::size_t>(frames), 0.0F);
        for (std::size_t i = 0; i < mono.size() * channels; ++i) {
            mono[i / channels] += block[i] / static_cast<float>(channels);
        }
        for (auto& sample : mono)
            sample = sample == sample ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
        resampler.process(mono, clip.samples);
        if (clip.samples.size() > limit) return base::fail(over(most));
    }
    resampler.flush(clip.samples);
    if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("the sound file breaks off: {}", sf_strerror(file.get())));
    }
    return clip;
}

}  // namespace

base::Result<Clip> read_sound(std::span<const std::byte> file, int rate_hz,
                              std::chrono::seconds most) {
    if (begins(file, "RIFF")) {
        WavLimits limits;
        limits.max_frames = samples_in(most, kMaxRateHz);
        limits.length = WavLength::may_be_open;
        TRY(clip, read_wav(file, limits));
        if (time_of(static_cast<Samples>(clip.samples.size()), clip.rate_hz) > most) {
            return base::fail(over(most));
        }
        TRY(resampler, Resampler::make(clip.rate_hz, rate_hz));
        Clip out{rate_hz, {}};
        resampler.process(clip.samples, out.samples);
        resampler.flush(out.samples);
        return out;
    }
    if (begins(file, "fLaC") || begins(file, "OggS") || looks_like_mp3(file)) {
        return read_library(file, rate_hz, most);
    }
    return base::fail(ErrorCode::unsupported, fmt::format("this is {}", kind_of(file)),
                      "send WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus");
}

std::string_view media_type(SoundFormat format) {
    switch (format) {
        case SoundFormat::mp3:
            return "audio/mpeg";
        case SoundFormat::flac:
            return "audio/flac";
        case SoundFormat::opus:
            return "audio/ogg";
        case SoundFormat::wav:
            return "audio/wav";
        case SoundFormat::pcm:
            break;
    }
    return "application/octet-stream";
}

// A growing file of which the front is already gone: libsndfile goes back at the end to correct
// lengths in the head, and finds that what it writes there is dropped. A reader takes such a file
// as one of unknown length.
namespace {

// Bytes of the MPEG layer III frame that begins here; 0: none does (ISO 11172-3, 13818-3).
std::size_t mp3_frame_size(std::span<const std::byte> bytes) {
    constexpr std::array<std::size_t, 16> kNew{0,  8,  16, 24,  32,  40,  48,  56,
                                               64, 80, 96, 112, 128, 144, 160, 0};
    constexpr std::array<std::size_t, 16> kOld{0,   32,  40,  48,  56,  64,  80,  96,
                                               112, 128, 160, 192, 224, 256, 320, 0};
    constexpr std::array<std::size_t, 4> kRates{44'100, 48'000, 32'000, 0};
    if (bytes.size() < 4 || !looks_like_mp3(bytes)) return 0;
    const auto version = std::to_integer<unsigned>(bytes[1]) >> 3 & 3U;  // 3: MPEG-1, 2, 0: 2.5
    const auto third = std::to_integer<unsigned>(bytes[2]);
    const std::size_t rate = kRates[third >> 2 & 3U] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    const std::size_t kbps = (version == 3 ? kOld : kNew)[third >> 4];
    if (rate == 0 || kbps == 0) return 0;
    return (version == 3 ? 144'000 : 72'000) * kbps / rate + (third >> 1 & 1U);
}

}  // namespace

struct SoundWriter::State {
    SoundFormat format = SoundFormat::pcm;
    std::vector<std::byte> ready;
    sf_count_t gone = 0;  // bytes handed out
    sf_count_t at = 0;
    File file;  // goes first: closing it writes what is left into the others

    [[nodiscard]] sf_count_t size() const { return gone + static_cast<sf_count_t>(ready.size()); }

    sf_count_t put(const void* data, sf_count_t count) {
        const auto* bytes = static_cast<const std::byte*>(data);
        for (sf_count_t i = 0; i < count; ++i, ++at) {
            if (at < gone) continue;
            const auto place = static_cast<std::size_t>(at - gone);
            if (place >= ready.size()) ready.resize(place + 1);
            ready[place] = bytes[i];
        }
        return count;
    }
    // The encoder keeps the first frame free for a summary that it writes at the end, which would
    // be too late: empty, it would pass for a stream of one frame.
    [[nodiscard]] bool skip_summary() {
        if (format != SoundFormat::mp3 || gone != 0) return true;
        if (ready.size() < 4) return false;
        const std::size_t size = mp3_frame_size(ready);
        if (ready.size() < size) return false;
        gone = static_cast<sf_count_t>(size);
        ready.erase(ready.begin(), ready.begin() + gone);
        return true;
    }
    std::vector<std::byte> take() {
        if (!skip_summary()) return {};
        gone += static_cast<sf_count_t>(ready.size());
        return std::exchange(ready, {});
    }
};

namespace {

// The head of a WAV file whose length is not known yet: mono, 16 bits.
std::vector<std::byte> open_wav_head(int rate_hz) {
    std::vector<std::byte> head;
    const auto text = [&](std::string_view word) {
        for (const char c : word) head.push_back(static_cast<std::byte>(c));
    };
    const auto number = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) head.push_back(static_cast<std::byte>(value >> (8 * i)));
    };
    const auto rate = static_cast<std::uint32_t>(rate_hz);
    text("RIFF");
    number(0xFFFF'FFFF, 4);
    text("WAVEfmt ");
    number(16, 4);
    number(1, 2);
    number(1, 2);
    number(rate, 4);
    number(rate * 2, 4);
    number(2, 2);
    number(16, 2);
    text("data");
    number(0xFFFF'FFFF, 4);
    return head;
}

int library_format(SoundFormat format) {
    switch (format) {
        case SoundFormat::mp3:
            return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
        case SoundFormat::flac:
            return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
        case SoundFormat::opus:
            return SF_FORMAT_OGG | SF_FORMAT_OPUS;
        case SoundFormat::wav:
        case SoundFormat::pcm:
            break;
    }
    return 0;
}

template <class State>
SF_VIRTUAL_IO writing() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* user) { return static_cast<State*>(user)->size(); };
    io.seek = [](sf_count_t offset, int whence, void* user) {
        auto& state = *static_cast<State*>(user);
        return state.at = moved(state.at, state.size(), offset, whence);
    };
    io.read = [](void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.write = [](const void* data, sf_count_t count, void* user) {
        return static_cast<State*>(user)->put(data, count);
    };
    io.tell = [](void* user) { return static_cast<State*>(user)->at; };
    return io;
}

}  // namespace

SoundWriter::SoundWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SoundWriter::~SoundWriter() = default;
SoundWriter::SoundWriter(SoundWriter&&) noexcept = default;
SoundWriter& SoundWriter::operator=(SoundWriter&&) noexcept = default;

base::Result<SoundWriter> SoundWriter::make(SoundFormat format, int rate_hz) {
    auto state = std::make_unique<State>();
    state->format = format;
    if (format == SoundFormat::wav) state->ready = open_wav_head(rate_hz);
    if (const int wanted = library_format(format); wanted != 0) {
        auto io = writing<State>();
        SF_INFO info{};
        info.samplerate = rate_hz;
        info.channels = 1;
        info.format = wanted;
        state->file.reset(sf_open_virtual(&io, SFM_WRITE, &info, state.get()));
        if (!state->file) {
            return base::fail(ErrorCode::unsupported,
                              fmt::format("{} at {} Hz cannot be written: {}", media_type(format),
                                          rate_hz, sf_strerror(nullptr)));
        }
        // Without a summary at the front, only of even frames can a reader tell the length.
        int even = SF_BITRATE_MODE_CONSTANT;
        sf_command(state->file.get(), SFC_SET_BITRATE_MODE, &even, sizeof even);
    }
    return SoundWriter(std::move(state));
}

base::Result<std::vector<std::byte>> SoundWriter::write(std::span<const float> samples) {
    State& state = *state_;
    if (state.file) {
        const auto count = static_cast<sf_count_t>(samples.size());
        if (sf_write_float(state.file.get(), samples.data(), count) != count) {
            return base::fail(ErrorCode::internal, fmt::format("the sound cannot be encoded: {}",
                                                               sf_strerror(state.file.get())));
        }
        return state.take();
    }
    const std::size_t before = state.ready.size();
    state.ready.resize(before + samples.size() * 2);
    encode_samples(SampleType::s16, samples, std::span(state.ready).subspan(before));
    return state.take();
}

base::Result<std::vector<std::byte>> SoundWriter::finish() {
    State& state = *state_;
    if (state.file && sf_close(state.file.release()) != 0) {
        return base::fail(ErrorCode::internal, "the sound's end cannot be encoded");
    }
    return state.take();
}

}  // namespace media

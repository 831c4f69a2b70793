#include "commands/wave.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>

#include <fmt/core.h>

#include "base/files.hpp"

namespace loci {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{256} * 1024 * 1024;
constexpr unsigned kPcm = 1;
constexpr unsigned kFloat = 3;
constexpr unsigned kExtensible = 0xfffe;  // the real format stands in the first bytes of an id

struct Format {
    unsigned kind = 0;
    unsigned channels = 0;
    unsigned rate = 0;
    unsigned bits = 0;
};

std::unexpected<base::Error> broken(std::string_view what) {
    return base::fail(base::ErrorCode::corrupt, fmt::format("not a WAV file: {}", what));
}

unsigned number(std::string_view bytes, std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= static_cast<unsigned>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

base::Result<Format> parse_format(std::string_view chunk) {
    if (chunk.size() < 16) return broken("its format is cut");
    Format format{number(chunk, 0, 2), number(chunk, 2, 2), number(chunk, 4, 4),
                  number(chunk, 14, 2)};
    if (format.kind == kExtensible && chunk.size() >= 26) format.kind = number(chunk, 24, 2);
    const bool pcm = format.kind == kPcm && (format.bits == 8 || format.bits == 16 ||
                                             format.bits == 24 || format.bits == 32);
    const bool real = format.kind == kFloat && format.bits == 32;
    if (!pcm && !real) {
        return base::fail(
            base::ErrorCode::unsupported,
            fmt::format("a WAV file of format {} with {} bits", format.kind, format.bits),
            "save it as 16-bit PCM");
    }
    if (format.channels < 1 || format.channels > 8) return broken("its channels are not 1 to 8");
    if (format.rate < 4'000 || format.rate > 384'000) {
        return broken("its rate is not from 4000 to 384000 Hz");
    }
    return format;
}

float sample_at(std::string_view bytes, std::size_t at, const Format& format) {
    const unsigned raw = number(bytes, at, format.bits / 8);
    if (format.kind == kFloat) {
        float value = 0;
        std::memcpy(&value, &raw, sizeof value);
        return std::isfinite(value) ? std::clamp(value, -1.0F, 1.0F) : 0.0F;
    }
    if (format.bits == 8) return (static_cast<float>(raw) - 128.0F) / 128.0F;
    // Moved to the top of 32 bits, so that the sign is where it belongs.
    const auto high = static_cast<std::int32_t>(raw << (32 - format.bits));
    return static_cast<float>(static_cast<double>(high) / 2147483648.0);
}

}  // namespace

base::Result<Wave> parse_wave(std::string_view bytes) {
    if (bytes.size() < 12 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE") {
        return broken("it does not begin like one");
    }
    std::optional<Format> format;
    for (std::size_t at = 12; at + 8 <= bytes.size();) {
        const std::string_view name = bytes.substr(at, 4);
        const std::size_t said = number(bytes, at + 4, 4);
        at += 8;
        // Recorders that were interrupted leave a length that is too large.
        const std::string_view chunk = bytes.substr(at, std::min(said, bytes.size() - at));
        if (name == "fmt ") {
            TRY(parsed, parse_format(chunk));
            format = parsed;
        } else if (name == "data") {
            if (!format) return broken("its sound comes before its format");
            const std::size_t width = format->bits / 8;
            const std::size_t frame = width * format->channels;
            Wave wave;
            wave.sample_rate = static_cast<int>(format->rate);
            wave.samples.reserve(chunk.size() / frame);
            for (std::size_t f = 0; f + frame <= chunk.size(); f += frame) {
                float sum = 0;
                for (std::size_t c = 0; c < format->channels; ++c) {
                    sum += sample_at(chunk, f + c * width, *format);
                }
                wave.samples.push_back(sum / static_cast<float>(format->channels));
            }
            return wave;
        }
        at += chunk.size() + (said & 1);
    }
    return broken("it holds no sound");
}

base::Result<Wave> read_wave(const std::filesystem::path& path) {
    TRY(bytes, base::read_file(path, kMaxBytes));
    auto wave = parse_wave(bytes);
    if (!wave) return base::fail(std::move(wave.error()).within(path.string()));
    return wave;
}

base::Result<void> write_wave(const std::filesystem::path& path, int sample_rate,
                              std::span<const std::int16_t> samples) {
    std::string out;
    const auto put = [&](std::size_t value, int size) {
        for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    };
    const auto rate = static_cast<std::size_t>(sample_rate);
    out += "RIFF";
    put(36 + samples.size_bytes(), 4);
    out += "WAVEfmt ";
    put(16, 4);
    put(kPcm, 2);
    put(1, 2);
    put(rate, 4);
    put(rate * 2, 4);
    put(2, 2);
    put(16, 2);
    out += "data";
    put(samples.size_bytes(), 4);
    for (const auto sample : samples) put(static_cast<std::uint16_t>(sample), 2);
    return base::write_file(path, out, 0644);
}

std::vector<float> resample(const std::vector<float>& samples, int from, int to) {
    if (from == to || samples.empty()) return samples;
    constexpr double kZeros = 24;  // of the sinc on each side
    const double step = static_cast<double>(from) / to;
    const double cutoff = std::min(1.0, 1 / step) * 0.95;
    const double reach = kZeros / cutoff;
    const auto count = static_cast<std::size_t>(static_cast<double>(samples.size()) / step);
    std::vector<float> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double centre = static_cast<double>(i) * step;
        const auto first = static_cast<std::ptrdiff_t>(std::ceil(centre - reach));
        const auto last = static_cast<std::ptrdiff_t>(std::floor(centre + reach));
        double sum = 0;
        for (auto k = std::max<std::ptrdiff_t>(first, 0);
             k <= std::min(last, static_cast<std::ptrdiff_t>(samples.size()) - 1); ++k) {
            const double x = static_cast<double>(k) - centre;
            const double angle = std::numbers::pi * x * cutoff;
            const double sinc = std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle;
            const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / reach);
            sum += static_cast<double>(samples[static_cast<std::size_t>(k)]) * sinc * window;
        }
        out[i] = static_cast<float>(sum * cutoff);
    }
    return out;
}

}  // namespace loci

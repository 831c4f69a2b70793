#include "api/realtime/audio_codec.hpp"

#include "base/base64.hpp"
#include "base/check.hpp"
#include "media/g711.hpp"
#include "media/pcm.hpp"

namespace realtime {
namespace {

constexpr std::size_t kMaxBase64 = (kMaxAppend + 2) / 3 * 4;

// Rates are our own, from a short list that Resampler takes.
media::Resampler make_resampler(int in_hz, int out_hz) {
    auto made = media::Resampler::make(in_hz, out_hz);
    if (!made) FATAL("a rate of the Realtime protocol cannot be resampled");
    return std::move(*made);
}

}  // namespace

json::Object to_json(Format format) {
    switch (format) {
        case Format::pcm:
            return {{"type", "audio/pcm"}, {"rate", 24'000}};
        case Format::mulaw:
            return {{"type", "audio/pcmu"}};
        case Format::alaw:
            break;
    }
    return {{"type", "audio/pcma"}};
}

Checked<Format> read_format(const json::Value& value, const std::string& param) {
    const std::string type = json::string_or(json::find(value, "type"));
    if (type == "audio/pcm") {
        if (json::int_or(json::find(value, "rate"), 24'000) != 24'000) {
            return refuse("invalid_value", "audio/pcm has a rate of 24000", param + ".rate");
        }
        return Format::pcm;
    }
    if (type == "audio/pcmu") return Format::mulaw;
    if (type == "audio/pcma") return Format::alaw;
    return refuse("invalid_value", "use audio/pcm, audio/pcmu or audio/pcma", param + ".type");
}

Checked<std::vector<std::byte>> read_audio(const json::Value* value, const std::string& param) {
    if (value == nullptr) return refuse("missing_required_parameter", "audio is missing", param);
    if (!value->is_string()) return refuse("invalid_value", "audio must be base64", param);
    const auto& text = value->get_string();
    if (text.size() > kMaxBase64) {
        return refuse("invalid_value", "at most 15 MiB of audio in one event", param);
    }
    auto bytes = base::from_base64(std::string_view(text.data(), text.size()));
    if (!bytes) return refuse("invalid_value", "audio is no valid base64", param);
    return std::move(*bytes);
}

AudioDecoder::AudioDecoder(Format format, int rate_hz)
    : format_(format), resampler_(make_resampler(rate_of(format), rate_hz)) {}

void AudioDecoder::decode(std::span<const std::byte> bytes, std::vector<float>& out) {
    samples_.clear();
    if (format_ == Format::pcm) {
        std::size_t at = 0;
        if (half_ && !bytes.empty()) {
            const std::byte pair[2] = {*half_, bytes[0]};
            samples_.resize(1);
            media::decode_samples(media::SampleType::s16, pair, samples_);
            half_.reset();
            at = 1;
        }
        const std::size_t before = samples_.size();
        const std::size_t whole = (bytes.size() - at) / 2;
        samples_.resize(before + whole);
        media::decode_samples(media::SampleType::s16, bytes.subspan(at, whole * 2),
                              std::span(samples_).subspan(before));
        if ((bytes.size() - at) % 2 != 0) half_ = bytes.back();
    } else {
        samples_.resize(bytes.size());
        media::decode_samples(
            format_ == Format::mulaw ? media::SampleType::mulaw : media::SampleType::alaw, bytes,
            samples_);
    }
    resampler_.process(samples_, out);
}

void AudioDecoder::flush(std::vector<float>& out) {
    half_.reset();
    resampler_.flush(out);
}

void AudioDecoder::reset() {
    half_.reset();
    resampler_.reset();
}

AudioEncoder::AudioEncoder(Format format, int rate_hz)
    : format_(format), resampler_(make_resampler(rate_hz, rate_of(format))) {}

std::vector<std::byte> AudioEncoder::encode(std::span<const float> samples) {
    samples_.clear();
    resampler_.process(samples, samples_);
    return pack();
}

std::vector<std::byte> AudioEncoder::flush() {
    samples_.clear();
    resampler_.flush(samples_);
    return pack();
}

std::vector<std::byte> AudioEncoder::pack() const {
    const auto type = format_ == Format::pcm     ? media::SampleType::s16
                      : format_ == Format::mulaw ? media::SampleType::mulaw
                                                 : media::SampleType::alaw;
    std::vector<std::byte> out(samples_.size() * static_cast<std::size_t>(media::bytes_of(type)));
    media::encode_samples(type, samples_, out);
    return out;
}

}  // namespace realtime

#include "adapters/speech_http/sound_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "base/text.hpp"
#include "media/pcm.hpp"

namespace adapters::speech_http {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxHead = 64'000;

std::unexpected<base::Error> broken(std::string what, std::string hint = {}) {
    return base::fail(ErrorCode::upstream, std::move(what), std::move(hint));
}

// "audio/pcm; rate=16000" → 16000
int rate_in(std::string_view content_type, int fallback) {
    const std::string lower = base::to_lower_ascii(content_type);
    const auto at = lower.find("rate=");
    int rate = 0;
    if (at == std::string::npos) return fallback;
    const char* end = lower.data() + lower.size();
    const auto parsed = std::from_chars(lower.data() + at + 5, end, rate);
    return parsed.ec == std::errc() ? rate : fallback;
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

base::Result<SoundStream> SoundStream::make(std::string_view content_type, int pcm_rate) {
    const std::string type =
        base::to_lower_ascii(base::trim(content_type.substr(0, content_type.find(';'))));
    constexpr std::array<std::string_view, 5> kPcm{"audio/pcm", "audio/l16", "audio/raw",
                                                   "audio/x-raw", "audio/x-pcm"};
    constexpr std::array<std::string_view, 4> kWav{"audio/wav", "audio/x-wav", "audio/wave",
                                                   "audio/vnd.wave"};
    const bool pcm = std::ranges::find(kPcm, type) != kPcm.end();
    const bool wav = std::ranges::find(kWav, type) != kWav.end();
    // Some name no kind, or "a file"; then the first bytes tell.
    const bool vague = type.empty() || type == "application/octet-stream";
    if (pcm || wav || vague) return SoundStream(!wav, rate_in(content_type, pcm_rate));
    if (type.starts_with("audio/")) {
        return broken(fmt::format("the server sent {}, and WAV or PCM was asked for",
                                  base::shorten(base::to_valid_utf8(type), 40)),
                      "choose a server that can send WAV");
    }
    return broken(fmt::format("the server sent {} instead of sound",
                              base::shorten(base::to_valid_utf8(type), 40)),
                  "check the base URL");
}

base::Result<void> SoundStream::start(media::AudioFormat format) {
    if (const auto fits = media::check(format); !fits) return broken(fits.error().message);
    TRY(resampler, media::Resampler::make(format.rate_hz, kVoiceRate));
    resampler_.emplace(std::move(resampler));
    format_ = format;
    return {};
}

// Reads the head as soon as enough of it is there.
base::Result<void> SoundStream::begin() {
    constexpr std::string_view kRiff = "RIFF";
    const std::string_view seen = std::string_view(held_).substr(0, kRiff.size());
    if (may_be_pcm_ && !kRiff.starts_with(seen)) {
        return start({media::SampleType::s16, pcm_rate_, 1});
    }
    if (seen.size() < kRiff.size()) return {};
    auto head = media::read_wav_head(bytes_of(held_));
    if (!head) return broken(head.error().message);
    if (!*head) {
        if (held_.size() <= kMaxHead) return {};
        return broken("the WAV file has no samples in its first 64 kB");
    }
    TRY_DO(start((*head)->format));
    left_ = (*head)->data_bytes;
    held_.erase(0, (*head)->data_at);
    return {};
}

// Whole frames of what is held go through the resampler.
void SoundStream::decode(std::vector<float>& out) {
    // What follows the samples of a file, such as its tags, is no sound.
    if (left_ && held_.size() > *left_) held_.resize(static_cast<std::size_t>(*left_));
    const auto frame = static_cast<std::size_t>(format_->bytes_per_frame());
    const std::size_t frames = held_.size() / frame;
    if (frames == 0) return;
    const std::size_t used = frames * frame;
    frame_.resize(frames * static_cast<std::size_t>(format_->channels));
    media::decode_samples(format_->type, bytes_of(held_).first(used), frame_);
    held_.erase(0, used);
    if (left_) *left_ -= used;
    if (format_->channels == 2) {
        mono_.resize(frames);
        media::mix_to_mono(frame_, mono_);
        resampler_->process(mono_, out);
    } else {
        resampler_->process(frame_, out);
    }
}

base::Result<void> SoundStream::feed(std::string_view bytes, std::vector<float>& out) {
    held_ += bytes;
    if (!format_) TRY_DO(begin());
    if (format_) decode(out);
    return {};
}

base::Result<void> SoundStream::finish(std::vector<float>& out) {
    if (!format_) {
        if (held_.empty()) return broken("the server sent no sound");
        return broken("the sound was cut off in its head");
    }
    resampler_->flush(out);
    // Half a sample at the end of an open stream says as little as a length that is not kept.
    if (left_.value_or(0) > 0) return broken("the sound was cut off before its end");
    return {};
}

}  // namespace adapters::speech_http

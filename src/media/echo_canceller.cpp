#include "media/echo_canceller.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

#include "media/pcm.hpp"

namespace media {

using base::ErrorCode;

void EchoCanceller::FreeEcho::operator()(SpeexEchoState_* state) const {
    speex_echo_state_destroy(state);
}

void EchoCanceller::FreeCleaner::operator()(SpeexPreprocessState_* state) const {
    speex_preprocess_state_destroy(state);
}

base::Result<EchoCanceller> EchoCanceller::make(EchoSettings settings) {
    TRY_DO(check({SampleType::s16, settings.rate_hz, 1}));
    if (settings.tail_ms < 32 || settings.tail_ms > 512) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("an echo tail of {} ms", settings.tail_ms),
                          "use 32 to 512 ms");
    }
    if (settings.noise_reduction_db < 0 || settings.noise_reduction_db > 40) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("a noise reduction of {} dB", settings.noise_reduction_db),
                          "use 0 to 40 dB");
    }
    EchoCanceller made;
    const int frame = settings.rate_hz * kFrameMs / 1000;
    made.frame_ = static_cast<std::size_t>(frame);
    made.echo_.reset(speex_echo_state_init(frame, settings.rate_hz * settings.tail_ms / 1000));
    made.cleaner_.reset(speex_preprocess_state_init(frame, settings.rate_hz));
    if (!made.echo_ || !made.cleaner_) {
        return base::fail(ErrorCode::out_of_memory, "the echo canceller got no memory");
    }
    int rate = settings.rate_hz;
    speex_echo_ctl(made.echo_.get(), SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    int denoise = settings.noise_reduction_db > 0 ? 1 : 0;
    int reduction = -settings.noise_reduction_db;
    speex_preprocess_ctl(made.cleaner_.get(), SPEEX_PREPROCESS_SET_DENOISE, &denoise);
    if (denoise != 0) {
        speex_preprocess_ctl(made.cleaner_.get(), SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &reduction);
    }
    speex_preprocess_ctl(made.cleaner_.get(), SPEEX_PREPROCESS_SET_ECHO_STATE, made.echo_.get());
    made.reference_.assign(static_cast<std::size_t>(settings.rate_hz) * 2, 0);
    made.heard_.resize(made.frame_);
    made.said_.resize(made.frame_);
    made.clean_.resize(made.frame_);
    made.linear_.resize(made.frame_);
    return made;
}

void EchoCanceller::played(Samples at, std::span<const float> samples) {
    const auto size = static_cast<Samples>(reference_.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Samples when = at + static_cast<Samples>(i);
        if (when < position_) {
            ++counters_.played_late;
        } else if (when >= position_ + size) {
            ++counters_.played_early;
        } else {
            reference_[static_cast<std::size_t>(when % size)] = to_s16(samples[i]);
        }
    }
}

base::Result<void> EchoCanceller::process(std::span<const float> heard, std::span<float> clean) {
    if (heard.size() != frame_ || clean.size() != frame_) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("the echo canceller takes {} samples at a time, not {}",
                                      frame_, heard.size()));
    }
    const auto size = static_cast<Samples>(reference_.size());
    for (std::size_t i = 0; i < frame_; ++i) {
        heard_[i] = to_s16(heard[i]);
        said_[i] =
            reference_[static_cast<std::size_t>((position_ + static_cast<Samples>(i)) % size)];
    }
    speex_echo_cancellation(echo_.get(), heard_.data(), said_.data(), clean_.data());
    std::ranges::transform(clean_, linear_.begin(), from_s16);
    speex_preprocess_run(cleaner_.get(), clean_.data());
    std::ranges::transform(clean_, clean.begin(), from_s16);
    forget(position_, static_cast<Samples>(frame_));
    position_ += static_cast<Samples>(frame_);
    ++counters_.frames;
    return {};
}

void EchoCanceller::skip(Samples samples) {
    if (samples <= 0) return;
    forget(position_, std::min(samples, static_cast<Samples>(reference_.size())));
    position_ += samples;
}

// The ring's places come round again two seconds later: they must not say what they said before.
void EchoCanceller::forget(Samples from, Samples count) {
    const auto size = static_cast<Samples>(reference_.size());
    for (Samples i = 0; i < count; ++i) {
        reference_[static_cast<std::size_t>((from + i) % size)] = 0;
    }
}

}  // namespace media

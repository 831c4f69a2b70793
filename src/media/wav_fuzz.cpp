// Any bytes as a WAV file. What is accepted must keep its promises and survive a round trip.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/wav.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    if (const auto head = media::read_wav_head(bytes); head && *head) {
        if ((*head)->data_at > size || !media::check((*head)->format)) __builtin_trap();
    }
    for (const auto length : {media::WavLength::must_match, media::WavLength::may_be_open}) {
        const auto clip = media::read_wav(bytes, {1'000'000, length});
        if (!clip) {
            if (clip.error().message.empty()) __builtin_trap();
            continue;
        }
        if (clip->samples.size() > size) __builtin_trap();
        for (const float sample : clip->samples) {
            if (!(std::abs(sample) <= 1.0F)) __builtin_trap();
        }
        const auto written = media::write_wav(*clip, media::SampleType::f32);
        if (!written) __builtin_trap();
        const auto again = media::read_wav(*written, {});
        if (!again || again->samples != clip->samples || again->rate_hz != clip->rate_hz) {
            __builtin_trap();
        }
    }
    return 0;
}

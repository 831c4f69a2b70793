#include "media/audio_format.hpp"

#include <fmt/core.h>

namespace media {

std::string_view to_string(SampleType type) {
    switch (type) {
        case SampleType::u8:
            return "8-bit PCM";
        case SampleType::s16:
            return "16-bit PCM";
        case SampleType::s24:
            return "24-bit PCM";
        case SampleType::s32:
            return "32-bit PCM";
        case SampleType::f32:
            return "32-bit float";
        case SampleType::mulaw:
            return "µ-law";
        case SampleType::alaw:
            return "A-law";
    }
    return "unknown";
}

int bytes_of(SampleType type) {
    switch (type) {
        case SampleType::u8:
        case SampleType::mulaw:
        case SampleType::alaw:
            return 1;
        case SampleType::s16:
            return 2;
        case SampleType::s24:
            return 3;
        case SampleType::s32:
        case SampleType::f32:
            return 4;
    }
    return 1;
}

base::Result<void> check(const AudioFormat& format) {
    if (format.rate_hz < kMinRateHz || format.rate_hz > kMaxRateHz) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("an audio rate of {} Hz is not offered", format.rate_hz),
                          fmt::format("use {} to {} Hz", kMinRateHz, kMaxRateHz));
    }
    if (format.channels != 1 && format.channels != 2) {
        return base::fail(base::ErrorCode::invalid_argument,
                          fmt::format("audio with {} channels is not offered", format.channels),
                          "use one or two channels");
    }
    return {};
}

}  // namespace media

#include "media/opus.hpp"

#include <cstdint>

#include <fmt/core.h>
#include <opus.h>

namespace media {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxPacket = 1275;  // RFC 6716, one frame
constexpr int kMaxPacketMs = 120;

base::Result<void> check_rate(int rate_hz) {
    for (const int offered : {8'000, 12'000, 16'000, 24'000, 48'000}) {
        if (rate_hz == offered) return {};
    }
    return base::fail(ErrorCode::invalid_argument,
                      fmt::format("Opus does not offer {} Hz", rate_hz),
                      "use 8000, 12000, 16000, 24000 or 48000 Hz");
}

std::unexpected<base::Error> failed(std::string_view what, int code) {
    const bool from_outside = code == OPUS_INVALID_PACKET;
    return base::fail(from_outside ? ErrorCode::corrupt : ErrorCode::internal,
                      fmt::format("Opus: {}: {}", what, opus_strerror(code)));
}

const unsigned char* bytes_of(std::span<const std::byte> packet) {
    return reinterpret_cast<const unsigned char*>(packet.data());
}

}  // namespace

void OpusVoiceEncoder::Free::operator()(::OpusEncoder* state) const {
    opus_encoder_destroy(state);
}

void OpusVoiceDecoder::Free::operator()(::OpusDecoder* state) const {
    opus_decoder_destroy(state);
}

base::Result<OpusVoiceEncoder> OpusVoiceEncoder::make(OpusSettings settings) {
    TRY_DO(check_rate(settings.rate_hz));
    if (settings.bits_per_second < 6'000 || settings.bits_per_second > 128'000) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("Opus: {} bits per second", settings.bits_per_second),
                          "use 6000 to 128000");
    }
    if (settings.expected_loss_percent < 0 || settings.expected_loss_percent > 100) {
        return base::fail(ErrorCode::invalid_argument, "Opus: the expected loss is no percentage");
    }
    int code = OPUS_OK;
    OpusVoiceEncoder made;
    made.state_.reset(opus_encoder_create(settings.rate_hz, 1, OPUS_APPLICATION_VOIP, &code));
    if (code != OPUS_OK) return failed("the encoder did not start", code);
    const int spare = settings.expected_loss_percent > 0 ? 1 : 0;
    for (const int result :
         {opus_encoder_ctl(made.state_.get(), OPUS_SET_BITRATE(settings.bits_per_second)),
          opus_encoder_ctl(made.state_.get(), OPUS_SET_INBAND_FEC(spare)),
          opus_encoder_ctl(made.state_.get(),
                           OPUS_SET_PACKET_LOSS_PERC(settings.expected_loss_percent)),
          opus_encoder_ctl(made.state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE))}) {
        if (result != OPUS_OK) return failed("a setting was refused", result);
    }
    made.frame_samples_ = static_cast<std::size_t>(
        media::samples_in(std::chrono::milliseconds(kOpusFrameMs), settings.rate_hz));
    made.packet_.resize(kMaxPacket);
    return made;
}

base::Result<std::span<const std::byte>> OpusVoiceEncoder::encode(std::span<const float> frame) {
    if (frame.size() != frame_samples_) {
        return base::fail(
            ErrorCode::invalid_argument,
            fmt::format("Opus: a frame of {} samples, not {}", frame.size(), frame_samples_));
    }
    const auto size = opus_encode_float(state_.get(), frame.data(), static_cast<int>(frame.size()),
                                        reinterpret_cast<unsigned char*>(packet_.data()),
                                        static_cast<opus_int32>(packet_.size()));
    if (size < 0) return failed("a frame was not encoded", size);
    return std::span<const std::byte>(packet_).first(static_cast<std::size_t>(size));
}

Samples OpusVoiceEncoder::latency() const {
    opus_int32 samples = 0;
    opus_encoder_ctl(state_.get(), OPUS_GET_LOOKAHEAD(&samples));
    return samples;
}

base::Result<OpusVoiceDecoder> OpusVoiceDecoder::make(int rate_hz) {
    TRY_DO(check_rate(rate_hz));
    int code = OPUS_OK;
    OpusVoiceDecoder made;
    made.state_.reset(opus_decoder_create(rate_hz, 1, &code));
    if (code != OPUS_OK) return failed("the decoder did not start", code);
    made.frame_samples_ = rate_hz / 1000 * kOpusFrameMs;
    made.samples_.resize(static_cast<std::size_t>(
        media::samples_in(std::chrono::milliseconds(kMaxPacketMs), rate_hz)));
    return made;
}

base::Result<std::span<const float>> OpusVoiceDecoder::run(std::span<const std::byte> packet,
                                                           Use use) {
    if (std::cmp_greater(packet.size(), kMaxPacket * 48)) {
        return base::fail(ErrorCode::corrupt,
                          fmt::format("Opus: a packet of {} bytes", packet.size()));
    }
    const bool whole = !packet.empty() && use == Use::packet;
    const int room = whole ? static_cast<int>(samples_.size()) : frame_samples_;
    const int count = opus_decode_float(state_.get(), packet.empty() ? nullptr : bytes_of(packet),
                                        static_cast<opus_int32>(packet.size()), samples_.data(),
                                        room, use == Use::spare_copy ? 1 : 0);
    if (count < 0) return failed("a packet was not decoded", count);
    return std::span<const float>(samples_).first(static_cast<std::size_t>(count));
}

base::Result<std::span<const float>> OpusVoiceDecoder::decode(std::span<const std::byte> packet) {
    if (packet.empty()) return base::fail(ErrorCode::corrupt, "Opus: an empty packet");
    return run(packet, Use::packet);
}

base::Result<std::span<const float>> OpusVoiceDecoder::conceal() {
    return run({}, Use::packet);
}

base::Result<std::span<const float>> OpusVoiceDecoder::recover(std::span<const std::byte> next) {
    if (next.empty()) return base::fail(ErrorCode::corrupt, "Opus: an empty packet");
    return run(next, Use::spare_copy);
}

}  // namespace media

// Opus in memory: mono frames of 20 ms to packets and back, for WebRTC. Rates 8, 12, 16, 24 and
// 48 kHz. Owned by one stream; one thread; all memory is taken in make(). A packet from outside is
// hostile: what does not decode is an error and the decoder stays usable.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/audio_format.hpp"

struct OpusEncoder;
struct OpusDecoder;

namespace media {

inline constexpr int kOpusFrameMs = 20;

struct OpusSettings {
    int rate_hz = 48'000;
    int bits_per_second = 32'000;   // 6 000 … 128 000
    int expected_loss_percent = 5;  // 0 turns the spare copy of each frame in the next packet off
};

class OpusVoiceEncoder {
public:
    [[nodiscard]] static base::Result<OpusVoiceEncoder> make(OpusSettings settings);
    // Exactly frame_samples() samples. The packet is valid until the next call.
    [[nodiscard]] base::Result<std::span<const std::byte>> encode(std::span<const float> frame);
    [[nodiscard]] std::size_t frame_samples() const { return frame_samples_; }
    // Samples by which decoded audio comes later than what was encoded.
    [[nodiscard]] Samples latency() const;

private:
    struct Free {
        void operator()(::OpusEncoder* state) const;
    };
    std::unique_ptr<::OpusEncoder, Free> state_;
    std::size_t frame_samples_ = 0;
    std::vector<std::byte> packet_;
};

class OpusVoiceDecoder {
public:
    [[nodiscard]] static base::Result<OpusVoiceDecoder> make(int rate_hz);
    // Up to 120 ms of samples, valid until the next call; corrupt for what is no Opus packet.
    [[nodiscard]] base::Result<std::span<const float>> decode(std::span<const std::byte> packet);
    // A frame was lost: guesses 20 ms of sound from what was heard before.
    [[nodiscard]] base::Result<std::span<const float>> conceal();
    // The frame before `next` was lost and `next` may hold a spare copy: the better guess.
    [[nodiscard]] base::Result<std::span<const float>> recover(std::span<const std::byte> next);

private:
    enum class Use { packet, spare_copy };
    [[nodiscard]] base::Result<std::span<const float>> run(std::span<const std::byte> packet,
                                                           Use use);

    struct Free {
        void operator()(::OpusDecoder* state) const;
    };
    std::unique_ptr<::OpusDecoder, Free> state_;
    int frame_samples_ = 0;
    std::vector<float> samples_;
};

}  // namespace media

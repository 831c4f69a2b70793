#include "api/realtime/audio_shelf.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "media/opus.hpp"
#include "media/pcm.hpp"

namespace realtime {
namespace {

using Packets = std::vector<std::vector<std::byte>>;

struct Packed {
    Packets packets;
    media::Samples delay = 0;
};

base::Result<Packed> pack_samples(const std::vector<std::int16_t>& samples, int rate_hz) {
    media::OpusSettings settings;
    settings.rate_hz = rate_hz;
    settings.bits_per_second = 24'000;
    settings.expected_loss_percent = 0;
    TRY(encoder, media::OpusVoiceEncoder::make(settings));
    Packed out;
    out.delay = encoder.latency();
    const std::size_t size = encoder.frame_samples();
    const std::size_t end = samples.size() + static_cast<std::size_t>(out.delay);
    std::vector<float> frame(size);
    for (std::size_t at = 0; at < end; at += size) {
        for (std::size_t i = 0; i < size; ++i) {
            frame[i] = at + i < samples.size() ? media::from_s16(samples[at + i]) : 0.0F;
        }
        TRY(packet, encoder.encode(frame));
        out.packets.emplace_back(packet.begin(), packet.end());
    }
    return out;
}

}  // namespace

std::size_t KeptAudio::bytes() const {
    std::size_t sum = fresh_.size() * sizeof(std::int16_t);
    for (const auto& packet : packets_) sum += packet.size();
    return sum;
}

std::vector<float> KeptAudio::unpack() const {
    std::vector<float> out;
    if (dropped_) return out;
    for (const auto sample : fresh_) out.push_back(media::from_s16(sample));
    if (!packets_.empty()) {
        auto decoder = media::OpusVoiceDecoder::make(rate_hz_);
        if (!decoder) return {};
        for (const auto& packet : packets_) {
            const auto frame = decoder->decode(packet);
            if (frame) out.insert(out.end(), frame->begin(), frame->end());
        }
        const auto skip = std::min<std::size_t>(out.size(), static_cast<std::size_t>(skip_));
        out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(skip));
    }
    if (out.size() > static_cast<std::size_t>(length_))
        out.resize(static_cast<std::size_t>(length_));
    return out;
}

AudioShelf::AudioShelf(async::Executor executor, async::WorkerThread& worker,
                       std::size_t most_bytes)
    : worker_(worker), most_bytes_(most_bytes), tasks_(std::move(executor)) {}

AudioPtr AudioShelf::open(int rate_hz) {
    auto audio = std::make_shared<KeptAudio>(rate_hz);
    kept_.push_back(audio);
    return audio;
}

void AudioShelf::append(const AudioPtr& audio, const std::vector<float>& samples) {
    if (audio->dropped_) return;
    for (const float sample : samples) audio->fresh_.push_back(media::to_s16(sample));
    audio->length_ += static_cast<media::Samples>(samples.size());
    make_room();
}

void AudioShelf::finish(const AudioPtr& audio) {
    if (!audio->dropped_ && !audio->fresh_.empty())
        tasks_.spawn("pack audio", pack(audio, worker_));
}

AudioPtr AudioShelf::keep(std::vector<float> samples, int rate_hz) {
    auto audio = open(rate_hz);
    append(audio, samples);
    finish(audio);
    return audio;
}

void AudioShelf::forget(const AudioPtr& audio) {
    std::erase(kept_, audio);
}

std::size_t AudioShelf::bytes() const {
    std::size_t sum = 0;
    for (const auto& audio : kept_) sum += audio->bytes();
    return sum;
}

void AudioShelf::make_room() {
    std::size_t sum = bytes();
    while (sum > most_bytes_ && !kept_.empty()) {
        const auto oldest = kept_.front();
        kept_.pop_front();
        sum -= oldest->bytes();
        oldest->dropped_ = true;
        oldest->fresh_ = {};
        oldest->packets_.clear();
    }
}

async::Task<void> AudioShelf::pack(std::shared_ptr<KeptAudio> audio, async::WorkerThread& worker) {
    auto packing = worker.run(
        [samples = audio->fresh_, rate = audio->rate_hz_] { return pack_samples(samples, rate); });
    auto packed = co_await std::move(packing);
    if (audio->dropped_) co_return;
    if (!packed) {
        // It stays as it is and only takes more room.
        LOG_WARN("realtime", "sound is kept unpacked", {"reason", packed.error().message});
        co_return;
    }
    audio->packets_ = std::move(packed->packets);
    audio->skip_ = packed->delay;
    audio->fresh_ = {};
}

}  // namespace realtime

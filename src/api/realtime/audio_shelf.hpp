// AudioShelf: the sound of a session's items, kept as Opus in memory so that a client can ask for
// it again. Never on disk. Over its limit the oldest sound goes first, and says so when it is asked
// for. Packing happens on a worker thread. Owned by one session; io thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/offload.hpp"
#include "async/task_scope.hpp"
#include "media/audio_format.hpp"

namespace realtime {

// The sound of one item.
class KeptAudio {
public:
    explicit KeptAudio(int rate_hz) : rate_hz_(rate_hz) {}

    [[nodiscard]] int rate_hz() const { return rate_hz_; }
    [[nodiscard]] media::Samples length() const { return length_; }
    [[nodiscard]] bool dropped() const { return dropped_; }
    // From here on it is silence that never was.
    void cut(media::Samples length) { length_ = std::min(length_, length); }
    // The samples; empty when dropped.
    [[nodiscard]] std::vector<float> unpack() const;

private:
    friend class AudioShelf;
    [[nodiscard]] std::size_t bytes() const;
    int rate_hz_;
    media::Samples length_ = 0;
    media::Samples skip_ = 0;                      // the encoder's delay
    std::vector<std::int16_t> fresh_;              // not packed yet
    std::vector<std::vector<std::byte>> packets_;  // packed
    bool dropped_ = false;
};

using AudioPtr = std::shared_ptr<KeptAudio>;

class AudioShelf {
public:
    AudioShelf(async::Executor executor, async::WorkerThread& worker, std::size_t most_bytes);

    // Takes a whole sound.
    [[nodiscard]] AudioPtr keep(std::vector<float> samples, int rate_hz);
    // For sound that comes bit by bit: finish() packs it.
    [[nodiscard]] AudioPtr open(int rate_hz);
    void append(const AudioPtr& audio, const std::vector<float>& samples);
    void finish(const AudioPtr& audio);
    void forget(const AudioPtr& audio);

    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] async::Task<void> close() { return tasks_.close(); }

private:
    void make_room();
    [[nodiscard]] static async::Task<void> pack(std::shared_ptr<KeptAudio> audio,
                                                async::WorkerThread& worker);

    async::WorkerThread& worker_;
    std::size_t most_bytes_;
    std::deque<AudioPtr> kept_;  // oldest first
    async::TaskScope tasks_;
};

}  // namespace realtime

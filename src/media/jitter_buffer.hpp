// JitterBuffer: puts packets that came late, twice or in the wrong order back into an even stream
// of frames. It waits as long as the network's own unevenness asks for, no longer. The player takes
// one frame each frame time. Owned by one incoming stream; one thread; no allocation after warm-up.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace media {

struct JitterSettings {
    std::chrono::milliseconds frame{20};
    int min_frames = 1;   // waited for before playing, at least …
    int max_frames = 10;  // … and at most (at most JitterBuffer::kSlots / 2)
};

class JitterBuffer {
public:
    static constexpr std::size_t kSlots = 64;  // of the longest burst; a power of two

    enum class Kind {
        frame,  // `bytes` is the next frame
        lost,   // the next frame did not come in time but later ones are here: conceal it
        wait,   // nothing to play: buffering after a start or an under-run; play silence
    };
    struct Frame {
        Kind kind = Kind::wait;
        std::uint16_t sequence = 0;        // of `frame` and `lost`
        std::span<const std::byte> bytes;  // valid until the next call
        // For `lost`: the frame after it when it is already here, which may hold a spare copy.
        std::span<const std::byte> next;
    };
    struct Counters {
        std::uint64_t received = 0, played = 0, lost = 0, late = 0, duplicates = 0;
        std::uint64_t underruns = 0;  // times that the stream ran dry
        std::uint64_t skipped = 0;    // frames left out to catch up, because too many had gathered
        std::uint64_t resets = 0;     // jumps of the sequence too far to be loss
    };

    explicit JitterBuffer(JitterSettings settings);

    // A packet of one frame came. `arrival` is any steady clock's time. The sender is taken to send
    // a packet every frame time; a pause of it counts as unevenness until 64 packets later.
    void push(std::uint16_t sequence, std::span<const std::byte> bytes,
              std::chrono::microseconds arrival);
    // Called once every frame time.
    [[nodiscard]] Frame pop();

    // Frames now waited for before playing starts.
    [[nodiscard]] int target_frames() const { return target_; }
    [[nodiscard]] int waiting_frames() const { return waiting_; }
    [[nodiscard]] Counters counters() const { return counters_; }

private:
    struct Slot {
        bool filled = false;
        std::vector<std::byte> bytes;
    };
    static constexpr std::size_t kHistory = 64;

    [[nodiscard]] Slot& slot(std::int64_t index);
    void start_over(std::int64_t index);
    void learn_delay(std::int64_t index, std::chrono::microseconds arrival);
    void drop_oldest();

    JitterSettings settings_;
    std::array<Slot, kSlots> slots_;
    std::int64_t newest_ = -1;  // unwrapped sequence numbers
    std::int64_t next_ = -1;    // to be played next; -1 before the first packet
    int waiting_ = 0;
    int target_;
    bool buffering_ = true;
    int crowded_ = 0;  // pops in a row with too much in store
    std::array<std::int64_t, kHistory> delays_us_{};
    std::size_t delays_ = 0;
    std::vector<std::byte> playing_;
    Counters counters_;
};

}  // namespace media

#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <cstdlib>

namespace media {
namespace {

constexpr std::int64_t kFarJump = 1000;  // sequence numbers; beyond this the sender began anew
constexpr int kCrowdedPops = 25;         // half a second too full before a frame is left out
constexpr std::size_t kPercentile = 95;

}  // namespace

JitterBuffer::JitterBuffer(JitterSettings settings) : settings_(settings) {
    settings_.max_frames = std::clamp(settings_.max_frames, 1, static_cast<int>(kSlots / 2));
    settings_.min_frames = std::clamp(settings_.min_frames, 1, settings_.max_frames);
    target_ = settings_.min_frames;
}

JitterBuffer::Slot& JitterBuffer::slot(std::int64_t index) {
    return slots_[static_cast<std::size_t>(index) % kSlots];
}

void JitterBuffer::start_over(std::int64_t index) {
    for (auto& each : slots_) each.filled = false;
    waiting_ = 0;
    buffering_ = true;
    crowded_ = 0;
    delays_ = 0;
    next_ = index;
    newest_ = index;
}

void JitterBuffer::push(std::uint16_t sequence, std::span<const std::byte> bytes,
                        std::chrono::microseconds arrival) {
    ++counters_.received;
    if (next_ < 0) {
        start_over(std::int64_t{sequence} + 0x10000);  // room below for what was overtaken
    }
    // Sequence numbers wrap; the nearest one to the newest is meant.
    std::int64_t index = newest_ + static_cast<std::int16_t>(static_cast<std::uint16_t>(
                                       sequence - static_cast<std::uint16_t>(newest_)));
    if (std::abs(index - newest_) > kFarJump) {
        ++counters_.resets;
        start_over(std::int64_t{sequence} + 0x10000);
        index = newest_;
    }
    learn_delay(index, arrival);
    // Before anything was played an overtaken packet may still move the beginning back.
    if (buffering_ && counters_.played + counters_.lost == 0 && index < next_ &&
        newest_ - index < static_cast<std::int64_t>(kSlots)) {
        next_ = index;
    }
    if (index < next_) {
        ++counters_.late;
        return;
    }
    while (index >= next_ + static_cast<std::int64_t>(kSlots)) drop_oldest();
    Slot& place = slot(index);
    if (place.filled) {
        ++counters_.duplicates;
        return;
    }
    place.filled = true;
    place.bytes.assign(bytes.begin(), bytes.end());
    ++waiting_;
    newest_ = std::max(newest_, index);
}

// How much later than the quickest packet this one came, in even sending; the wait is what covers
// 95 of 100 packets.
void JitterBuffer::learn_delay(std::int64_t index, std::chrono::microseconds arrival) {
    const auto frame_us = std::chrono::microseconds(settings_.frame).count();
    delays_us_[delays_ % kHistory] = arrival.count() - index * frame_us;
    ++delays_;
    const std::size_t count = std::min(delays_, kHistory);
    std::array<std::int64_t, kHistory> sorted = delays_us_;
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
    const std::int64_t spread = sorted[(count - 1) * kPercentile / 100] - sorted[0];
    const auto frames = static_cast<int>(std::min<std::int64_t>(spread / frame_us, kSlots)) + 1;
    target_ = std::clamp(frames, settings_.min_frames, settings_.max_frames);
}

void JitterBuffer::drop_oldest() {
    Slot& oldest = slot(next_);
    if (oldest.filled) {
        oldest.filled = false;
        --waiting_;
        ++counters_.skipped;
    } else {
        ++counters_.lost;
    }
    ++next_;
}

JitterBuffer::Frame JitterBuffer::pop() {
    if (next_ < 0) return {};
    if (buffering_) {
        // The span counts, not the number: a lost packet must not hold the others up.
        const std::int64_t span = waiting_ == 0 ? 0 : newest_ - next_ + 1;
        if (span < target_) return {};
        buffering_ = false;
    }
    if (waiting_ == 0) {
        ++counters_.underruns;
        buffering_ = true;
        return {};
    }
    crowded_ = waiting_ > target_ + 1 ? crowded_ + 1 : 0;
    if (crowded_ >= kCrowdedPops) {
        crowded_ = 0;
        drop_oldest();
    }
    Frame frame;
    frame.sequence = static_cast<std::uint16_t>(next_);
    Slot& place = slot(next_);
    if (place.filled) {
        playing_.swap(place.bytes);
        place.filled = false;
        --waiting_;
        ++counters_.played;
        frame.kind = Kind::frame;
        frame.bytes = playing_;
    } else {
        ++counters_.lost;
        frame.kind = Kind::lost;
        if (const Slot& after = slot(next_ + 1); after.filled) frame.next = after.bytes;
    }
    ++next_;
    return frame;
}

}  // namespace media

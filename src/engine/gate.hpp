// Gate: one core budget for all models. Whoever computes holds the gate for one slice (a prompt
// part, one batched token, one clause of speech). The most urgent lane goes first, within a lane
// whoever came first. Long slices make way in their middle: the library asks again and again
// whether to go on, and make_way() lets a more urgent lane pass there. Any thread; never fails.
//
// Voice activity has no lane: a window takes a tenth of a millisecond, less than waiting would.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace engine {

// Most urgent first: what is heard next, what was just said, what is thought about it.
enum class Lane : std::uint8_t { voice, recogniser, language };
inline constexpr std::size_t kLanes = 3;

class Gate {
public:
    class Pass {
    public:
        explicit Pass(Gate& gate, Lane lane = Lane::language) : gate_(gate) { gate_.enter(lane); }
        ~Pass() { gate_.leave(); }
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

    private:
        Gate& gate_;
    };

    // By the thread that holds the gate, in the middle of its slice: lets waiters of more urgent
    // lanes through first. Does nothing for any other thread, and costs next to nothing when nobody
    // waits.
    void make_way() {
        if (waiting_in_all_ == 0) return;
        std::unique_lock lock(mutex_);
        if (!busy_ || holder_ != std::this_thread::get_id() || !somebody_before(lane_)) return;
        const Lane lane = lane_;
        // It keeps its ticket and counts as waiting, so nobody of its lane or below overtakes it.
        int& waiting = queues_[static_cast<std::size_t>(lane)].waiting;
        ++waiting;
        busy_ = false;
        turn_.notify_all();
        turn_.wait(lock, [&] { return !busy_ && !somebody_before(lane); });
        --waiting;
        take(lane);
    }
    // How many wait, whatever their lane.
    [[nodiscard]] int waiting() const { return waiting_in_all_; }

private:
    struct Queue {
        std::uint64_t next = 0;
        std::uint64_t serving = 0;
        int waiting = 0;
    };

    void enter(Lane lane) {
        std::unique_lock lock(mutex_);
        Queue& queue = queues_[static_cast<std::size_t>(lane)];
        const std::uint64_t ticket = queue.next++;
        ++queue.waiting;
        ++waiting_in_all_;
        turn_.wait(lock,
                   [&] { return !busy_ && queue.serving == ticket && !somebody_before(lane); });
        --queue.waiting;
        --waiting_in_all_;
        take(lane);
    }
    void leave() {
        {
            const std::lock_guard lock(mutex_);
            busy_ = false;
            ++queues_[static_cast<std::size_t>(lane_)].serving;
        }
        turn_.notify_all();
    }
    void take(Lane lane) {
        busy_ = true;
        lane_ = lane;
        holder_ = std::this_thread::get_id();
    }
    [[nodiscard]] bool somebody_before(Lane lane) const {
        for (std::size_t i = 0; i < static_cast<std::size_t>(lane); ++i) {
            if (queues_[i].waiting > 0) return true;
        }
        return false;
    }

    std::mutex mutex_;
    std::condition_variable turn_;
    std::array<Queue, kLanes> queues_;
    bool busy_ = false;
    Lane lane_ = Lane::language;  // of the holder
    std::thread::id holder_;
    std::atomic<int> waiting_in_all_ = 0;
};

}  // namespace engine

// A client without echo cancelling, for tests and the bench: its loudspeaker plays what it is sent
// and its microphone hears that 80 ms later, quieter, and then the room. It reports what it played
// about every 100 ms, unevenly when told to. 16 kHz both ways.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "media/pcm.hpp"
#include "voice/hearing.hpp"
#include "voice/responder.hpp"

namespace voice::testing {

class EchoingClient {
public:
    struct Reflection {
        std::size_t after = 0;  // samples
        float gain = 0;
    };
    std::vector<Reflection> room{{1'280, 0.2F}, {1'540, -0.08F}, {2'140, 0.04F}};
    Samples starts_after = 640;  // from the first audio to its sound
    int uneven_ms = 0;           // reports are so far off, either way
    bool reports = true;
    std::function<void(ResponseId, Time)> on_report;

    void receive(ResponseId response, std::span<const std::int16_t> pcm) {
        if (response != response_) {
            response_ = response;
            queue_.clear();
            at_ = 0;
            paused_ = false;
            wait_ = starts_after;
            told_ = -1;
        }
        for (const auto sample : pcm) queue_.push_back(media::from_s16(sample));
    }
    void pause() { paused_ = true; }
    void resume() {
        paused_ = false;
        wait_ = starts_after;
    }
    void cancel() {
        report();
        queue_.resize(std::min(queue_.size(), static_cast<std::size_t>(at_)));
    }

    // What the microphone hears of `near` and of what is played meanwhile.
    [[nodiscard]] std::vector<float> live(std::span<const float> near) {
        std::vector<float> heard(near.begin(), near.end());
        for (auto& sample : heard) {
            float now = 0;
            if (!paused_ && wait_ > 0) {
                if (at_ < static_cast<Samples>(queue_.size())) --wait_;
            } else if (!paused_ && at_ < static_cast<Samples>(queue_.size())) {
                now = queue_[static_cast<std::size_t>(at_++)];
            }
            air_.push_back(now);
            for (const auto& [after, gain] : room) {
                if (after < air_.size()) sample += gain * air_[air_.size() - 1 - after];
            }
        }
        if (air_.size() > 2 * kKeptAir) air_.erase(air_.begin(), air_.end() - kKeptAir);
        since_report_ += static_cast<Samples>(near.size());
        if (since_report_ >= 1'600) report();
        return heard;
    }
    [[nodiscard]] bool sounds() const {
        return !paused_ && at_ < static_cast<Samples>(queue_.size());
    }
    [[nodiscard]] Samples played() const { return at_; }

private:
    static constexpr Samples kKeptAir = 16'000;

    void report() {
        since_report_ = 0;
        if (!reports || !on_report || response_ == 0) return;
        const auto ms = static_cast<int>(at_ / 16);
        int off = 0;
        if (uneven_ms > 0) {
            const auto range = 2U * static_cast<unsigned>(uneven_ms) + 1U;
            off = static_cast<int>(random_() % range) - uneven_ms;
        }
        const int least = std::max(told_, 1);
        const int most = std::max(least, static_cast<int>(queue_.size() / 16));
        const int told = at_ == 0 ? 0 : std::clamp(ms + off, least, most);
        told_ = sounds() ? told : ms;
        on_report(response_, Time{told_});
    }

    ResponseId response_ = 0;
    std::vector<float> queue_;
    std::vector<float> air_;
    Samples at_ = 0;
    Samples wait_ = 0;
    bool paused_ = false;
    int told_ = -1;
    Samples since_report_ = 0;
    std::mt19937 random_{11};
};

}  // namespace voice::testing

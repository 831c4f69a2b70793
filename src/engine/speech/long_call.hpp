// LongCall: signs of life during a call of a library that cannot be asked in its middle, for as
// long as such a call may take at most. A call that hangs is silent after that, and the server
// starts the engine anew.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "engine/model_thread.hpp"

namespace engine::speech {

class LongCall {
public:
    LongCall(Pulse& pulse, std::chrono::seconds most)
        : thread_([this, &pulse, most](const std::stop_token& stop) {
              const auto end = std::chrono::steady_clock::now() + most;
              std::unique_lock lock(mutex_);
              while (!stop.stop_requested() && std::chrono::steady_clock::now() < end) {
                  pulse.beat();
                  wake_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
              }
          }) {}
    LongCall(const LongCall&) = delete;
    LongCall& operator=(const LongCall&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses what is above, and ends first
};

}  // namespace engine::speech

// How many threads all models together may use. Any thread; never fails.
#pragma once

#include <string_view>

#include "engine/thread_tuner.hpp"

namespace engine {

// Physical cores that this process may use (affinity and control-group quota respected), at most
// `most`; ggml's barriers spin, so more threads than free cores would be far slower than fewer.
[[nodiscard]] int core_budget(int most = 4);

// Busy when other programs already want all of `cores` (the run queue of /proc/loadavg).
[[nodiscard]] ThreadTuner::Machine machine_now(int cores);
// The second half of that: the number of tasks that want to run now, from /proc/loadavg's text.
[[nodiscard]] int parse_running(std::string_view loadavg);

}  // namespace engine

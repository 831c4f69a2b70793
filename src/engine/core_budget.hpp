// How many threads all models together may use. Any thread; never fails.
#pragma once

namespace engine {

// Physical cores that this process may use (affinity and control-group quota respected), at most
// `most`; ggml's barriers spin, so more threads than free cores would be far slower than fewer.
[[nodiscard]] int core_budget(int most = 4);

}  // namespace engine

// How the engine is started: as a process of its own, or as a library on a thread of this process.
// io thread. Errors: not_found and unavailable with what is missing.
#pragma once

#include "adapters/llm_engine/engine_host.hpp"

namespace adapters::llm_engine {

[[nodiscard]] base::Result<LaunchedEngine> launch_process(async::Executor executor,
                                                          const EngineOptions& options);
// The library stays loaded for good. Its end cannot be forced: it ends when its socket closes.
[[nodiscard]] base::Result<LaunchedEngine> launch_library(async::Executor executor,
                                                          const EngineOptions& options);

}  // namespace adapters::llm_engine

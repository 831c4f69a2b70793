// serve(): the frame loop of the engine over one connected socket: reads requests, hands them to
// the model's worker, answers, and sends a heartbeat each second that tells how each worker is.
// Called by loci-engine on its main thread and by the in-process library on a thread of its own;
// returns when the peer closes (ok) or breaks the protocol (an Error). The caller closes `fd`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/worker.hpp"

namespace engine {

struct ServeOptions {
    std::string version;
    std::vector<std::string> sandbox;  // shown in Hello
    std::chrono::milliseconds heartbeat{1000};
};

[[nodiscard]] base::Result<void> serve(int fd, Backend& backend, ServeOptions options);

}  // namespace engine

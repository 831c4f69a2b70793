// OpenClaw measured the way the server is: same machine, same upstream, same clock. Throws Failure
// when it cannot be started or does not answer.
#pragma once

#include <string>

#include "server_measures.hpp"

namespace bench {

// `folder` holds node_modules/openclaw; node is taken from PATH.
[[nodiscard]] async::Task<void> measure_openclaw(ServerBench bench, std::string folder);

}  // namespace bench

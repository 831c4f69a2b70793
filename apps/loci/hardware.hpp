// What this machine has, for /api/hardware and `loci doctor`. Reads /proc and /sys; a few
// milliseconds, any thread. What cannot be found out stays empty or zero.
#pragma once

#include <filesystem>

#include "api/app/answers.hpp"

namespace loci {

// `place`: the disk that is asked for its free space.
[[nodiscard]] app::Hardware look_at_hardware(std::filesystem::path place);

}  // namespace loci

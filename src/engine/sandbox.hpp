// Shuts the engine in: it may read its models and libraries and talk over the socket it was given,
// nothing else. Built from what the kernel has (Landlock, seccomp); what could not be applied is
// said, not hidden. Called once, by loci-engine before it reads a request; concerns all threads
// that start later. There is no way back.
#pragma once

#include <string>
#include <vector>

namespace engine {

struct SandboxWish {
    std::vector<std::string> readable;  // folders and files: models and libraries
};

// One short sentence per part, for Hello and `loci doctor`, beginning with "on:" or "off:".
[[nodiscard]] std::vector<std::string> enter_sandbox(const SandboxWish& wish);

}  // namespace engine

// Looks at a model file before llama.cpp does, because a bad one may abort the process: names what
// a broken download really is (a web page, a pointer of large-file storage, a cut file) and reads
// the few facts that must be known first. Any thread. Errors: not_found, corrupt, unsupported.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace engine {

struct GgufFacts {
    std::uint32_t version = 0;
    std::uint64_t tensors = 0;
    std::uint64_t file_bytes = 0;
    std::string architecture;
};

[[nodiscard]] base::Result<GgufFacts> check_gguf(const std::string& path);

}  // namespace engine

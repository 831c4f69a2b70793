// Arbitrary bytes as an ONNX model: reading its facts must end, in bounded memory, whatever they
// say.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <fmt/core.h>

#include "engine/folders/onnx_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int kFile = memfd_create("onnx", MFD_CLOEXEC);
    if (kFile < 0 || ftruncate(kFile, 0) != 0) return 0;
    if (pwrite(kFile, data, size, 0) != static_cast<ssize_t>(size)) return 0;
    static const std::string kPath = fmt::format("/proc/self/fd/{}", kFile);
    // Nothing that it tells is longer than what was read.
    const auto facts = engine::folders::read_onnx_facts(kPath);
    if (facts) {
        std::size_t told = 0;
        for (const auto& [key, value] : *facts) told += key.size() + value.size();
        if (told > size) std::abort();
    }
    return 0;
}

// Arbitrary bytes as an ONNX model: reading its facts must end, in bounded memory, whatever they
// say.
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <fmt/core.h>

#include "engine/folders/onnx_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("onnx", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, 0) != 0) return 0;
    if (pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) return 0;
    static const std::string path = fmt::format("/proc/self/fd/{}", file);
    (void)engine::folders::read_onnx_facts(path);
    return 0;
}

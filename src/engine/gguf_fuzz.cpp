// Arbitrary bytes as a model file: the check must end, in bounded memory, whatever they say.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <fmt/core.h>

#include "engine/gguf_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("gguf", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, 0) != 0) return 0;
    if (pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) return 0;
    static const std::string path = fmt::format("/proc/self/fd/{}", file);
    (void)engine::check_gguf(path);
    return 0;
}

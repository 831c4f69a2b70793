// libloci-engine.so: the engine for `--engine=inline`, which loads it into the server's process
// for debugging. One C entry; everything else stays hidden, so that it cannot clash.
#include <cstdio>
#include <exception>

#include <fmt/core.h>

#include "backends.hpp"
#include "engine/serve.hpp"

// Serves the socket until it closes; the caller closes `fd`. `speech`: folder of ONNX Runtime or
// null. 0: ended as it should.
extern "C" __attribute__((visibility("default"))) int loci_engine_serve(int fd,
                                                                        const char* speech) noexcept
    try {
    auto backends = loci_engine::Backends::start(speech == nullptr ? "" : speech);
    if (!backends) {
        fmt::print(stderr, "loci-engine: {}\n", backends.error().text());
        return 3;
    }
    engine::ServeOptions options;
    options.version = LOCI_VERSION;
    options.sandbox = {"off: the engine runs inside the server, for debugging"};
    return engine::serve(fd, backends->all(), std::move(options)) ? 0 : 4;
} catch (const std::exception& e) {
    std::fprintf(stderr, "loci-engine: %s\n", e.what());
    return 3;
}

// `loci serve`: runs the server until SIGINT or SIGTERM; SIGHUP reads the configuration again.
#pragma once

#include <filesystem>
#include <string>

#include "config/load.hpp"

namespace loci {

struct ServeFlags {
    std::filesystem::path config;
    std::vector<config::Override> overrides;
    std::filesystem::path program;  // path of the running binary
};

// The exit status: 0 after a clean end, 1 when the start was refused, 2 for bad usage.
[[nodiscard]] int serve(const ServeFlags& flags);

// What config::load() needs, from this process.
[[nodiscard]] config::LoadRequest load_request(const ServeFlags& flags);

[[nodiscard]] std::string version();

}  // namespace loci

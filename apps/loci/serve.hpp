// `loci serve`: runs the server until SIGINT or SIGTERM; SIGHUP reads the configuration again. With
// --reload it also watches its files (reload.hpp).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace loci {

struct ServeFlags {
    std::filesystem::path config;
    std::vector<config::Override> overrides;
    std::filesystem::path program;   // path of the running binary
    std::vector<std::string> words;  // the command line as it was given, without the program
    bool reload = false;
};

// The exit status: 0 after a clean end, 1 when the start was refused, 2 for bad usage.
[[nodiscard]] int serve(const ServeFlags& flags);

// The settings, for any subcommand. Complains and gives the exit status when they cannot be read
// (1) or a flag has a value that is none (2).
[[nodiscard]] std::expected<config::Loaded, int> load_settings(const ServeFlags& flags);

void complain(const std::string& text);

// What config::load() needs, from this process.
[[nodiscard]] config::LoadRequest load_request(const ServeFlags& flags);

[[nodiscard]] std::string version();

}  // namespace loci

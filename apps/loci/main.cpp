// The program `loci`: server and command line in one binary. CLI11 is named only here.
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "serve.hpp"

namespace {

// Adds a flag that overrides one setting.
void add_override(CLI::App& app, std::vector<config::Override>& overrides, const std::string& flag,
                  const std::string& key, const std::string& help) {
    app.add_option_function<std::string>(
        flag,
        [&overrides, key, flag](const std::string& value) {
            overrides.push_back({key, value, flag});
        },
        help);
}

void add_serve_options(CLI::App& app, loci::ServeFlags& flags) {
    app.add_option("--config", flags.config, "configuration file (YAML, TOML or JSON)");
    auto& overrides = flags.overrides;
    add_override(app, overrides, "--host", "server.host", "address to listen on");
    add_override(app, overrides, "--port", "server.port", "port to listen on (0: any)");
    add_override(app, overrides, "--data", "data.folder", "folder of all data");
    add_override(app, overrides, "--log-level", "logging.level", "trace, debug, info, warn, error");
    add_override(app, overrides, "--log-format", "logging.format", "pretty, compact or json");
    add_override(app, overrides, "--logfile", "logging.file", "also write the log to this file");
    add_override(app, overrides, "--engine", "engine.mode", "child, inline or off");
    app.add_flag_function(
        "--no-browser",
        [&overrides](std::int64_t) {
            overrides.push_back({"server.open_browser", "false", "--no-browser"});
        },
        "do not open a browser");
}

std::filesystem::path program_path(const char* argv0) {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::absolute(argv0) : path;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Loci, a companion that lives on this machine.", "loci");
    app.set_version_flag("--version", "loci " + loci::version());
    loci::ServeFlags flags;
    flags.program = program_path(argv[0]);
    add_serve_options(app, flags);
    CLI::App* serve = app.add_subcommand("serve", "run the server (the default)");
    add_serve_options(*serve, flags);
    app.require_subcommand(0, 1);
    CLI11_PARSE(app, argc, argv);
    return loci::serve(flags);
}

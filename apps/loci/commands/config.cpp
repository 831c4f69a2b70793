// `loci config show|check|schema|docs`.
#include <cstdio>

#include <fmt/core.h>

#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "config/show.hpp"

namespace loci {

int run_config(const ServeFlags& flags, ConfigAction action) {
    if (action == ConfigAction::schema) {
        fmt::print("{}", json::write_pretty(config::schema()));
        return 0;
    }
    if (action == ConfigAction::docs) {
        fmt::print("{}", config::reference_page());
        return 0;
    }
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    if (action == ConfigAction::show) {
        fmt::print("{}", config::show_text(*loaded));
        return 0;
    }
    for (const auto& problem : loaded->problems) complain(problem.text());
    if (loaded->problems.empty()) {
        fmt::print("{}: good\n", loaded->config_file.empty() ? "built-in settings"
                                                             : loaded->config_file.string());
    }
    return loaded->problems.empty() ? 0 : 1;
}

}  // namespace loci

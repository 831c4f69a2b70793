// `loci migrate status|run|rollback|create|history`.
#include <charconv>
#include <cstdio>
#include <ctime>

#include <fmt/core.h>

#include "adapters/store_sqlite/migrations.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"

namespace loci {
namespace {

int report(const base::Result<adapters::MigrationRun>& run) {
    if (!run) {
        complain(run.error().text());
        return 1;
    }
    fmt::print("schema {} → {}\n", run->from, run->to);
    if (!run->backup.empty()) fmt::print("a copy from before is in {}\n", run->backup);
    return 0;
}

int show_status(const adapters::DataPaths& paths) {
    const auto status = adapters::migration_status(paths);
    if (!status) {
        complain(status.error().text());
        return 1;
    }
    fmt::print("{}: schema {} of {}\n", paths.database, status->current, status->newest);
    for (const auto& name : status->pending) fmt::print("  waits: {}\n", name);
    return 0;
}

int show_history(const adapters::DataPaths& paths) {
    const auto history = adapters::migration_history(paths);
    if (!history) {
        complain(history.error().text());
        return 1;
    }
    for (const auto& item : *history) {
        const auto seconds = static_cast<std::time_t>(item.applied_at / 1000);
        std::tm parts{};
        gmtime_r(&seconds, &parts);
        fmt::print("{:04}  {}  {:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z\n", item.number, item.name,
                   parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                   parts.tm_min, parts.tm_sec);
    }
    return 0;
}

}  // namespace

int run_migrate(const ServeFlags& flags, MigrateAction action, const std::string& argument) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    adapters::DataPaths paths;
    paths.database = loaded->settings.data.database;
    paths.backup_folder = loaded->settings.data.folder + "/backups";
    switch (action) {
        case MigrateAction::status:
            return show_status(paths);
        case MigrateAction::history:
            return show_history(paths);
        case MigrateAction::run:
            return report(adapters::migrate_to_newest(paths));
        case MigrateAction::rollback: {
            int steps = 1;
            const auto* end = argument.data() + argument.size();
            const bool whole =
                argument.empty() || std::from_chars(argument.data(), end, steps).ptr == end;
            if (!whole || steps < 1) {
                complain("rollback takes the number of migrations to undo");
                return 2;
            }
            return report(adapters::roll_back(paths, steps));
        }
        case MigrateAction::create: {
            if (argument.empty()) {
                complain("create needs a name, such as add_mood");
                return 2;
            }
            const auto files =
                adapters::create_migration("src/adapters/store_sqlite/migrations", argument);
            if (!files) {
                complain(files.error().text());
                return 1;
            }
            for (const auto& file : *files) fmt::print("{}\n", file);
            return 0;
        }
    }
    return 2;
}

}  // namespace loci

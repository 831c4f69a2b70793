#include "adapters/store_sqlite/migrations.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/core.h>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/detail/schema.hpp"
#include "adapters/store_sqlite/file_lock.hpp"

namespace adapters {

using base::ErrorCode;
using sqlite::Database;
using sqlite::FileLock;
namespace fs = std::filesystem;

namespace {

constexpr auto kEmbedded = std::to_array<Migration>({
#include "migrations_table.inc"
});

std::string file_name(const Migration& migration) {
    return fmt::format("{:04}_{}", migration.number, migration.name);
}

base::Result<MigrationRun> change_version(const DataPaths& paths, int target) {
    TRY(lock, FileLock::take(paths.database + ".lock"));
    TRY_DO(sqlite::prepare_file(paths.database));
    TRY(db, Database::open(paths.database, Database::Mode::read_write, paths.vfs));
    TRY_DO(sqlite::configure_writer(*db));
    return sqlite::migrate(*db, paths, target);
}

}  // namespace

std::span<const Migration> embedded_migrations() {
    return kEmbedded;
}

base::Result<MigrationStatus> migration_status(const DataPaths& paths) {
    MigrationStatus status;
    status.newest = sqlite::newest_version(paths);
    if (fs::exists(paths.database)) {
        TRY(db, Database::open(paths.database, Database::Mode::read_only, paths.vfs));
        TRY(version, sqlite::schema_version(*db, paths));
        status.current = version;
    }
    for (const auto& migration : paths.migrations) {
        if (migration.number > status.current) status.pending.push_back(file_name(migration));
    }
    return status;
}

base::Result<std::vector<AppliedMigration>> migration_history(const DataPaths& paths) {
    std::vector<AppliedMigration> applied;
    TRY(status, migration_status(paths));
    if (status.current == 0) return applied;
    TRY(db, Database::open(paths.database, Database::Mode::read_only, paths.vfs));
    TRY(rows, db->statement("SELECT number, name, applied_at FROM schema_migrations"
                            " ORDER BY number"));
    for (;;) {
        TRY(more, rows.step());
        if (!more) return applied;
        applied.push_back({static_cast<int>(rows.integer(0)), rows.text(1), rows.integer(2)});
    }
}

base::Result<MigrationRun> migrate_to_newest(const DataPaths& paths) {
    return change_version(paths, sqlite::newest_version(paths));
}

base::Result<MigrationRun> roll_back(const DataPaths& paths, int steps) {
    if (steps < 1)
        return base::fail(ErrorCode::invalid_argument, "the number of steps must be positive");
    TRY(applied, migration_history(paths));
    if (steps > std::ssize(applied)) {
        return base::fail(ErrorCode::invalid_argument,
                          fmt::format("only {} migrations were applied", applied.size()));
    }
    const auto left = applied.size() - static_cast<std::size_t>(steps);
    return change_version(paths, left == 0 ? 0 : applied[left - 1].number);
}

base::Result<std::vector<std::string>> create_migration(const std::string& folder,
                                                        const std::string& name) {
    const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!plain) {
        return base::fail(ErrorCode::invalid_argument,
                          "a migration's name consists of small letters, digits and underscores");
    }
    int last = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto file = entry.path().filename().string();
        if (file.size() > 4 && std::ranges::all_of(file.substr(0, 4), [](unsigned char c) {
                return std::isdigit(c) != 0;
            })) {
            last = std::max(last, std::stoi(file.substr(0, 4)));
        }
    }
    if (error) {
        return base::fail(ErrorCode::not_found,
                          fmt::format("cannot list {}: {}", folder, error.message()),
                          "name the folder of the migrations in the source tree");
    }
    const auto stem = fmt::format("{:04}_{}", last + 1, name);
    std::vector<std::string> paths{(fs::path(folder) / (stem + ".sql")).string(),
                                   (fs::path(folder) / (stem + ".down.sql")).string()};
    for (const auto& path : paths) {
        std::ofstream file(path);
        file << "-- Runs inside one transaction; say why, not what.\n";
        if (!file.flush()) return base::fail(ErrorCode::storage, "cannot write " + path);
    }
    return paths;
}

}  // namespace adapters

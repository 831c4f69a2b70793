// Migrations: the numbered SQL scripts that lead from an empty file to the newest schema, and what
// the command line does with them. They run when the store is opened. Blocking; any thread, one at
// a time. Those that change the database take its lock, so they are refused while a server runs.
//
// Before a database that holds something is changed, it is copied to the backup folder; when a
// script fails, the copy is put back.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace adapters {

struct Migration {
    int number = 0;
    std::string_view name;
    std::string_view up;
    std::string_view down;
};

// The scripts in migrations/, by rising number.
[[nodiscard]] std::span<const Migration> embedded_migrations();

struct DataPaths {
    std::string database;
    std::string backup_folder;  // empty: the folder of the database
    // Tests set these two.
    std::span<const Migration> migrations = embedded_migrations();
    std::string vfs;  // SQLite file layer; empty: the default one
};

struct MigrationStatus {
    int current = 0;  // 0: an empty or missing database
    int newest = 0;
    std::vector<std::string> pending;  // "0002_name"
};

struct AppliedMigration {
    int number = 0;
    std::string name;
    long long applied_at = 0;  // Unix ms
};

struct MigrationRun {
    int from = 0;
    int to = 0;
    std::string
        backup;  // the copy made before; empty when nothing was changed or there was nothing
};

[[nodiscard]] base::Result<MigrationStatus> migration_status(const DataPaths& paths);
[[nodiscard]] base::Result<std::vector<AppliedMigration>> migration_history(const DataPaths& paths);
[[nodiscard]] base::Result<MigrationRun> migrate_to_newest(const DataPaths& paths);
// Undoes the newest `steps` migrations by their down scripts; what they remove is only in the copy.
[[nodiscard]] base::Result<MigrationRun> roll_back(const DataPaths& paths, int steps);
// Writes the next numbered pair of empty scripts into a source folder; gives their two paths.
[[nodiscard]] base::Result<std::vector<std::string>> create_migration(const std::string& folder,
                                                                      const std::string& name);

}  // namespace adapters

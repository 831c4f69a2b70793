// The schema version of an open connection and the steps between versions. Blocking; the thread of
// the connection. Fails with corrupt for a file that is not ours, unsupported for one from a newer
// program.
#pragma once

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/migrations.hpp"

namespace adapters::sqlite {

// The version of the database; 0 for an empty one.
[[nodiscard]] base::Result<int> schema_version(Database& db, const DataPaths& paths);
[[nodiscard]] int newest_version(const DataPaths& paths);
// Settings that every connection needs; the writer also takes those of the file.
[[nodiscard]] base::Result<void> configure_writer(Database& db);
[[nodiscard]] base::Result<void> configure_reader(Database& db);

// Applies one migration, or takes it back, as one transaction.
[[nodiscard]] base::Result<void> apply(Database& db, const Migration& migration);
[[nodiscard]] base::Result<void> take_back(Database& db, const Migration& migration);

// Brings the database to `target`, with a copy before and the copy put back on failure.
[[nodiscard]] base::Result<MigrationRun> migrate(Database& db, const DataPaths& paths, int target);

// Copies kept from before migrations; `remove_copies` gives how many there were.
[[nodiscard]] base::Result<std::string> copy_before(Database& db, const DataPaths& paths,
                                                    int version);
[[nodiscard]] base::Result<int> remove_copies(const DataPaths& paths);

// Makes the file if it is missing and takes others' rights to it away.
[[nodiscard]] base::Result<void> prepare_file(const std::string& path);

}  // namespace adapters::sqlite

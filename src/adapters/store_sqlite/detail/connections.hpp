// Connections: the open files behind a store: the lock, the writing and the reading connection,
// and why there may be no writing one. Made by open_connections(), which also migrates.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/store_sqlite/database.hpp"
#include "adapters/store_sqlite/file_lock.hpp"
#include "adapters/store_sqlite/migrations.hpp"

namespace adapters::sqlite {

struct Connections {
    std::optional<FileLock> lock;
    std::unique_ptr<Database> writer;  // absent: read-only
    std::unique_ptr<Database> reader;
    std::string read_only_reason;
};

[[nodiscard]] base::Result<Connections> open_connections(const DataPaths& paths);

}  // namespace adapters::sqlite

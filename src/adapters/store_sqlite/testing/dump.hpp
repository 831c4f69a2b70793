// What a database holds, as text: every row of every table that keeps something, for comparing
// states in tests; and whether the file and its search index are sound.
#pragma once

#include <string>

#include "adapters/store_sqlite/migrations.hpp"

namespace adapters::testing {

// Throws when the database cannot be read.
[[nodiscard]] std::string dump(const std::string& database);
// Empty when the file, its foreign keys and its search index are sound; else what is wrong.
[[nodiscard]] std::string damage(const DataPaths& paths);

}  // namespace adapters::testing

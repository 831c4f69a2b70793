#include "adapters/store_sqlite/testing/temp_folder.hpp"

#include <cstdlib>
#include <stdexcept>

namespace adapters::testing {

TempFolder::TempFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "loci-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
}

DataPaths TempFolder::paths() const {
    DataPaths paths;
    paths.database = file("loci.db");
    return paths;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace adapters::testing

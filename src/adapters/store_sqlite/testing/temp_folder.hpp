// TempFolder: a folder of its own for one test, removed with everything in it at the end.
#pragma once

#include <filesystem>
#include <string>

#include "adapters/store_sqlite/migrations.hpp"

namespace adapters::testing {

class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const {
        return (path_ / name).string();
    }
    // A database in this folder.
    [[nodiscard]] DataPaths paths() const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace adapters::testing

// A home, a working folder and an environment of a test's own, removed afterwards. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "config/load.hpp"

namespace config::testing {

class Scratch {
public:
    Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch();

    // Writes a file below the scratch folder and gives its path.
    std::filesystem::path write(std::string_view name, std::string_view text);
    [[nodiscard]] std::string read(const std::filesystem::path& path) const;
    [[nodiscard]] std::filesystem::path path(std::string_view name) const;

    // Home and working folder are `home` and `work` below the scratch folder. Tests fill in more.
    LoadRequest request;
    // load() of the request; throws when it fails.
    [[nodiscard]] Loaded load() const;
    // Loads `text` as config.yaml of the user's config folder.
    [[nodiscard]] Loaded load_yaml(std::string_view text);

private:
    std::filesystem::path root_;
};

// The texts of all problems, one per line, with the scratch folder written as "@".
[[nodiscard]] std::string problems_of(const Scratch& scratch, const Loaded& loaded);

}  // namespace config::testing

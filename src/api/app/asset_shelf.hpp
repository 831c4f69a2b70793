// AssetShelf: the files that people bring along for the stage: animations, characters, backgrounds.
// Lies in the assets folder of the installation; what is put there by hand is listed at once. Names
// cannot leave the folder, links are not followed. Owned by the composition root; io thread only.
// Errors: invalid_argument (name, contents), not_found, storage.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace app {

enum class AssetKind { animations, characters, backgrounds };

struct AssetFile {
    std::string name;  // with its ending
    long long bytes = 0;
};

class AssetShelf {
public:
    // `built_in`: the folder of the characters that came with the program; may be missing.
    AssetShelf(std::filesystem::path folder, std::filesystem::path built_in);

    [[nodiscard]] std::vector<AssetFile> list(AssetKind kind) const;
    [[nodiscard]] base::Result<AssetFile> put(AssetKind kind, const std::string& name,
                                              std::string_view bytes);
    [[nodiscard]] base::Result<void> remove(AssetKind kind, const std::string& name);
    [[nodiscard]] base::Result<std::filesystem::path> find(AssetKind kind,
                                                           const std::string& name) const;
    // How long a movement of the list lasts, where its file tells; looked at once for each version.
    [[nodiscard]] std::optional<double> seconds(const AssetFile& animation) const;
    // Seconds by name of the clips of the character that came with the program; empty: none.
    [[nodiscard]] const std::map<std::string, double>& built_in_clips() const;
    // The character that came with the program.
    [[nodiscard]] base::Result<std::filesystem::path> built_in_character() const;

private:
    [[nodiscard]] std::filesystem::path folder_of(AssetKind kind) const;

    std::filesystem::path folder_;
    std::filesystem::path built_in_;
    mutable std::optional<std::map<std::string, double>> clips_;
    mutable std::map<std::string, std::optional<double>> seconds_;  // by name, size and time
};

}  // namespace app

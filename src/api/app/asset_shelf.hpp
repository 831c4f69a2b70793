// AssetShelf: the files that people bring along for the stage: animations, characters, backgrounds.
// Lies in the assets folder of the installation; what is put there by hand is listed at once. Names
// cannot leave the folder, links are not followed. Owned by the composition root; io thread only.
// Errors: invalid_argument (name, contents), not_found, storage.
#pragma once

#include <filesystem>
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
    // The character that came with the program.
    [[nodiscard]] base::Result<std::filesystem::path> built_in_character() const;

private:
    [[nodiscard]] std::filesystem::path folder_of(AssetKind kind) const;

    std::filesystem::path folder_;
    std::filesystem::path built_in_;
};

}  // namespace app

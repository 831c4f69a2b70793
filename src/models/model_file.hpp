// What lies in the models folder: finds model files and names what a broken one really is. Reads
// only the first kilobytes of a file. Any thread; a folder that cannot be read is `storage`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/catalogue.hpp"
#include "protocol/types.hpp"

namespace models {

enum class FileKind { gguf, web_page, lfs_pointer, empty, other };

// By the first bytes of a file (64 are enough).
[[nodiscard]] FileKind kind_of_bytes(std::string_view head);
// "a web page instead of a model", …; empty for gguf.
[[nodiscard]] std::string_view complaint(FileKind kind);

struct ModelFile {
    std::string id;  // of the catalogue, or made from the file's name
    std::string name;
    std::string role;  // chat | embedding
    std::filesystem::path path;
    long long bytes = 0;
    std::optional<base::Error> error;  // why it cannot be used
};

// Model files of the folder, by name; none when the folder does not exist. Of a model in several
// parts only the first is listed.
[[nodiscard]] base::Result<std::vector<ModelFile>> scan(const std::filesystem::path& folder,
                                                        const Catalogue& catalogue);

// One card for each model: those of the catalogue, present or absent, then the other files.
[[nodiscard]] std::vector<protocol::ModelCard> local_cards(const Catalogue& catalogue,
                                                           const std::vector<ModelFile>& files);

}  // namespace models

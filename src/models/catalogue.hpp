// The models that Loci knows by name, from models/catalog.json, which is built into the binary.
// A value, read once; any thread. A catalogue that does not parse is `corrupt` with the place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace models {

// A file in a repository of the model hub.
struct HubFile {
    std::string repo;  // "organisation/name"
    std::string file;  // path inside the repository
    std::string revision = "main";
};

struct CatalogueEntry {
    std::string id;
    std::string name;
    std::string role;            // chat | embedding | recogniser | voice | activity | turn |
                                 // wake | wake_base: what wake models build on
    std::string file;            // name in the models folder; a folder where there is a family
    long long bytes = 0;         // 0: unknown
    bool bytes_exact = true;     // false: about that many
    std::string sha256;          // empty: the hub states it when the file is brought
    long long memory_bytes = 0;  // with memory_context tokens of context, weights included
    int memory_context = 0;
    int context_tokens = 0;
    std::string licence;
    std::string licence_note;
    std::string good_for;
    std::string note;
    bool starter = false;  // comes with the set-up
    bool recommended = false;
    bool packaged = false;  // the set-up's tools bring it, from a package or the repository
    std::optional<HubFile> hub;
    std::string family;  // of a speech model that is a folder; empty: a file
};

class Catalogue {
public:
    // The one built in.
    [[nodiscard]] static base::Result<Catalogue> builtin();
    [[nodiscard]] static base::Result<Catalogue> parse(std::string_view json_text);

    [[nodiscard]] const std::vector<CatalogueEntry>& entries() const { return entries_; }
    // nullptr when unknown.
    [[nodiscard]] const CatalogueEntry* find(std::string_view id) const;
    [[nodiscard]] const CatalogueEntry* find_by_file(std::string_view file) const;
    // An id of the catalogue, or "organisation/repository/path/file.gguf" on the hub.
    // not_found names the nearest id; unsupported when it comes with the set-up instead.
    [[nodiscard]] base::Result<CatalogueEntry> resolve(std::string_view wanted) const;

private:
    std::vector<CatalogueEntry> entries_;
};

// True for a plain name of a model file: no folders, no leading dot, ends in .gguf.
[[nodiscard]] bool is_model_file_name(std::string_view name);
// The same for a model that is a folder.
[[nodiscard]] bool is_folder_name(std::string_view name);
// The same for models of hearing and speaking: ends in .onnx or .bin.
[[nodiscard]] bool is_speech_file_name(std::string_view name);

}  // namespace models

#include "models/model_file.hpp"

#include "base/text.hpp"

namespace models {

FileKind kind_of_bytes(std::string_view head) {
    if (head.empty()) return FileKind::empty;
    if (head.starts_with("GGUF")) return FileKind::gguf;
    if (head.starts_with("version https://git-lfs")) return FileKind::lfs_pointer;
    return base::trim(head.substr(0, 64)).starts_with('<') ? FileKind::web_page : FileKind::other;
}

std::string_view complaint(FileKind kind) {
    switch (kind) {
        case FileKind::gguf:
            return {};
        case FileKind::web_page:
            return "a web page instead of a model";
        case FileKind::lfs_pointer:
            return "a pointer to a large file instead of the file itself";
        case FileKind::empty:
            return "empty";
        case FileKind::other:
            return "not a GGUF model";
    }
    return {};
}

}  // namespace models

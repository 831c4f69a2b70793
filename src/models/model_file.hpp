// What a file that should be a model really is, told from its first bytes. Pure; any thread.
#pragma once

#include <string_view>

namespace models {

enum class FileKind { gguf, web_page, lfs_pointer, empty, other };

// By the first bytes of a file (64 are enough).
[[nodiscard]] FileKind kind_of_bytes(std::string_view head);
// "a web page instead of a model", …; empty for gguf.
[[nodiscard]] std::string_view complaint(FileKind kind);

}  // namespace models

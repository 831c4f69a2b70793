// Whole small files, read with a limit and replaced in one step. Blocking: at start, or for files
// that are small and local. Errors: not_found, storage, too_large; each names the path.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace base {

// At most `max_bytes` of a regular file; anything else (folder, pipe, device) is refused.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t max_bytes);
// Written beside its place, synced and renamed: after a crash there is the old or the new file,
// never half of one. Makes the folder when there is none. A link is followed.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text,
                                      mode_t mode = 0600);

}  // namespace base

// Finding, reading and writing config files. Errors: not_found, storage, too_large.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace config::detail {

inline constexpr std::size_t kMaxFileBytes = 1'000'000;

// At most `max_bytes` of a regular file; anything else (folder, pipe, device) is refused.
[[nodiscard]] base::Result<std::string> read_file(const std::filesystem::path& path,
                                                  std::size_t max_bytes);
// Written beside, synced and renamed, mode 0600: readers see the old or the new file.
[[nodiscard]] base::Result<void> write_file(const std::filesystem::path& path,
                                            std::string_view text);

enum class Tightened { was_private, made_private, still_open };
// Takes away what group and others may do with a file of secrets.
[[nodiscard]] Tightened make_private(const std::filesystem::path& path);

// The config.{yaml,yml,toml,json} that exist in `folder`, in the order in which they count.
[[nodiscard]] std::vector<std::filesystem::path> config_files(const std::filesystem::path& folder);
[[nodiscard]] bool is_there(const std::filesystem::path& path);

}  // namespace config::detail

// Where config files lie and who may read them; base/files.hpp reads and writes them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace config::detail {

inline constexpr std::size_t kMaxFileBytes = 1'000'000;

enum class Tightened { was_private, made_private, still_open };
// Takes away what group and others may do with a file of secrets.
[[nodiscard]] Tightened make_private(const std::filesystem::path& path);

// The config.{yaml,yml,toml,json} that exist in `folder`, in the order in which they count.
[[nodiscard]] std::vector<std::filesystem::path> config_files(const std::filesystem::path& folder);
[[nodiscard]] bool is_there(const std::filesystem::path& path);

}  // namespace config::detail

// Reads a model or a small description of one from a file, and names what a broken download really
// is. Any thread. Errors: not_found, corrupt, too_large, storage.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace engine::speech {

inline constexpr std::size_t kMaxModelBytes = std::size_t{512} * 1024 * 1024;

[[nodiscard]] base::Result<std::string> read_model(const std::string& path,
                                                   std::size_t most = kMaxModelBytes);
// corrupt when these first bytes are those of a web page or of a pointer to a large file.
[[nodiscard]] base::Result<void> check_head(const std::string& path, std::string_view head);

}  // namespace engine::speech

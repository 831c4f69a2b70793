// Data follows its folder: when a path setting names another place than at the last start, what
// was kept in the old one is moved. Run at start, before anything is opened and after a second
// server was ruled out; blocking file I/O.
//
// The places last used are kept in `<config>.folders.json` beside the config file. Nothing is ever
// overwritten, a folder that held other people's files at its first use is never moved away, and
// places given on the command line or inside a temporary folder are for once: data stays put.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/load.hpp"

namespace config {

// Moves a file (with its -wal and -shm) or a folder: by renaming, or across file systems by a
// copy that is compared before the original goes. A crash leaves the whole original or the whole
// copy. Errors: conflict (the new place holds something, or one lies inside the other),
// not_found, storage.
[[nodiscard]] base::Result<void> move_data(const std::filesystem::path& from,
                                           const std::filesystem::path& to);

// What happened, one sentence per place that changed, for the log. Errors as in move_data(); the
// places are then still the old ones for the next attempt.
[[nodiscard]] base::Result<std::vector<std::string>> follow_folders(const Loaded& loaded);

}  // namespace config

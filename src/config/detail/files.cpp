#include "config/detail/files.hpp"

#include <sys/stat.h>

namespace config::detail {

namespace fs = std::filesystem;

Tightened make_private(const fs::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return Tightened::still_open;
    if ((info.st_mode & 077U) == 0) return Tightened::was_private;
    return ::chmod(path.c_str(), info.st_mode & 0700U) == 0 ? Tightened::made_private
                                                            : Tightened::still_open;
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

std::vector<fs::path> config_files(const fs::path& folder) {
    std::vector<fs::path> out;
    for (const char* name : {"config.yaml", "config.yml", "config.toml", "config.json"}) {
        if (is_there(folder / name)) out.push_back(folder / name);
    }
    return out;
}

}  // namespace config::detail

// `--reload`: looks twice a second at the configuration files and at the program. Changed settings
// are taken over; a setting that needs it, or a program that was built anew, starts the server
// again in the same process. Made by serve(); io thread (a few calls of stat).
#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <utility>
#include <vector>

#include "async/clock.hpp"

namespace loci {

enum class Changed { nothing, settings, program };

class ReloadWatch {
public:
    // Files that are not there yet may come.
    ReloadWatch(std::vector<std::filesystem::path> settings,
                std::vector<std::filesystem::path> programs);

    // What is different from the last look. A program counts when it has stood still between two
    // looks, since a linker writes for a while.
    [[nodiscard]] Changed look();

private:
    using Stamp = std::pair<std::filesystem::file_time_type, std::uintmax_t>;
    using Stamps = std::map<std::filesystem::path, Stamp>;
    [[nodiscard]] static Stamp stamp_of(const std::filesystem::path& path);
    [[nodiscard]] static Stamps stamps_of(const std::vector<std::filesystem::path>& paths);

    std::vector<std::filesystem::path> settings_;
    std::vector<std::filesystem::path> programs_;
    Stamps settings_seen_;
    Stamps programs_running_;
    Stamps programs_seen_;
};

// The next change; `nothing` when `stop` was requested.
[[nodiscard]] async::Task<Changed> next_change(async::Clock& clock, ReloadWatch& watch,
                                               std::stop_token stop);

}  // namespace loci

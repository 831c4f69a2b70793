#include "reload.hpp"

#include <algorithm>
#include <utility>

namespace loci {

namespace fs = std::filesystem;

ReloadWatch::ReloadWatch(std::vector<fs::path> settings, std::vector<fs::path> programs)
    : settings_(std::move(settings)),
      programs_(std::move(programs)),
      settings_seen_(stamps_of(settings_)),
      programs_running_(stamps_of(programs_)),
      programs_seen_(programs_running_) {}

ReloadWatch::Stamp ReloadWatch::stamp_of(const fs::path& path) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (error) return {};
    const auto size = fs::file_size(path, error);
    return error ? Stamp{} : Stamp{time, size};
}

ReloadWatch::Stamps ReloadWatch::stamps_of(const std::vector<fs::path>& paths) {
    Stamps stamps;
    for (const auto& path : paths) stamps[path] = stamp_of(path);
    return stamps;
}

Changed ReloadWatch::look() {
    auto programs = stamps_of(programs_);
    const bool still = programs == programs_seen_;
    programs_seen_ = std::move(programs);
    const bool whole = std::ranges::all_of(programs_seen_,
                                           [](const auto& item) { return item.second != Stamp{}; });
    if (still && whole && programs_seen_ != programs_running_) {
        programs_running_ = programs_seen_;
        return Changed::program;
    }
    auto settings = stamps_of(settings_);
    if (settings == settings_seen_) return Changed::nothing;
    settings_seen_ = std::move(settings);
    return Changed::settings;
}

async::Task<Changed> next_change(async::Clock& clock, ReloadWatch& watch, std::stop_token stop) {
    for (;;) {
        auto waiting = clock.sleep_for(std::chrono::milliseconds(500), stop);
        const bool came = co_await std::move(waiting);
        if (!came) co_return Changed::nothing;
        const Changed changed = watch.look();
        if (changed != Changed::nothing) co_return changed;
    }
}

}  // namespace loci

// `loci start|stop|status|logs`: the server as a daemon. Its process id stands in the lock of the
// database, which also refuses a second server.
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include <fmt/core.h>

#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "pid_file.hpp"

namespace loci {
namespace {

constexpr auto kStopPatience = std::chrono::seconds(30);

}  // namespace

int run_start(const ServeFlags& flags) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    if (const int pid = running_pid(loaded->settings.data.folder); pid > 0) {
        complain(fmt::format("already running as process {}", pid));
        return 1;
    }
    const auto started = start_in_background(flags, loaded->settings);
    if (!started) {
        complain(started.error().text());
        return 1;
    }
    fmt::print("Loci is running: {}\n", ServerConsole(loaded->settings).url());
    return 0;
}

int run_stop(const ServeFlags& flags) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    const int pid = running_pid(loaded->settings.data.folder);
    if (pid == 0) {
        fmt::print("Loci is not running.\n");
        return 0;
    }
    ::kill(pid, SIGTERM);
    const auto end = std::chrono::steady_clock::now() + kStopPatience;
    while (std::chrono::steady_clock::now() < end) {
        if (running_pid(loaded->settings.data.folder) != pid) {
            fmt::print("Stopped.\n");
            return 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    complain(fmt::format("process {} has not ended after {} s; kill -9 {} loses nothing accepted",
                         pid, kStopPatience.count(), pid));
    return 1;
}

int run_status(const ServeFlags& flags) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    const int pid = running_pid(loaded->settings.data.folder);
    ServerConsole console(loaded->settings);
    const auto answer = pid > 0 ? console.ask("GET", "/readyz")
                                : base::Result<json::Value>(base::fail(base::ErrorCode::unavailable,
                                                                       "Loci is not running"));
    if (!answer) {
        fmt::print("{}\n", answer.error().message);
        return 1;
    }
    fmt::print("Loci {} is running as process {}: {}\n",
               json::string_or(json::find(*answer, "version")), pid, console.url());
    const auto* subsystems = json::find(*answer, "subsystems");
    if (subsystems == nullptr || !subsystems->is_array()) return 0;
    for (const auto& item : subsystems->get_array()) {
        fmt::print("  {:<10} {:<9} {}\n", json::string_or(json::find(item, "name")),
                   json::string_or(json::find(item, "health")),
                   json::string_or(json::find(item, "detail")));
    }
    return 0;
}

int run_logs(const ServeFlags& flags, int lines) {
    const auto loaded = load_settings(flags);
    if (!loaded) return 1;
    const std::string path = loaded->settings.logging.file.empty()
                                 ? loaded->settings.data.folder + "/server.log"
                                 : loaded->settings.logging.file;
    std::ifstream file(path);
    if (!file) {
        complain("there is no log at " + path + "; a server in a terminal logs there");
        return 1;
    }
    std::deque<std::string> last;
    for (std::string line; std::getline(file, line);) {
        last.push_back(line);
        if (last.size() > static_cast<std::size_t>(lines)) last.pop_front();
    }
    for (const auto& line : last) fmt::print("{}\n", line);
    return 0;
}

}  // namespace loci

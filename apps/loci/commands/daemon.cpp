// `loci start|stop|restart|status`: the server as a daemon. Its process id and URL stand in the
// locked pid file, which also refuses a second server.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include <fmt/core.h>
#include <unistd.h>

#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "pid_file.hpp"

namespace loci {
namespace {

constexpr auto kStopPatience = std::chrono::seconds(30);

}  // namespace

int run_start(const ServeFlags& flags) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    const auto running = running_server(loaded->settings.data.folder);
    if (running.pid > 0) {
        complain(fmt::format("already running as process {} at {}", running.pid, running.url));
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
    if (!loaded) return loaded.error();
    const int pid = running_server(loaded->settings.data.folder).pid;
    if (pid == 0) {
        fmt::print("Loci is not running.\n");
        return 0;
    }
    ::kill(pid, SIGTERM);
    const auto end = std::chrono::steady_clock::now() + kStopPatience;
    while (std::chrono::steady_clock::now() < end) {
        if (running_server(loaded->settings.data.folder).pid != pid) {
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
    if (!loaded) return loaded.error();
    const int pid = running_server(loaded->settings.data.folder).pid;
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

namespace {

bool is_writing_a_reply(const config::Settings& settings) {
    ServerConsole console(settings);
    const auto answer = console.ask("GET", "/api/sessions?limit=500");
    const auto* sessions = answer ? json::find(*answer, "sessions") : nullptr;
    if (sessions == nullptr || !sessions->is_array()) return false;
    return std::ranges::any_of(sessions->get_array(), [](const auto& session) {
        return json::bool_or(json::find(session, "running"), false);
    });
}

}  // namespace

int run_restart(const ServeFlags& flags, const RestartOptions& options) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    const bool running = running_server(loaded->settings.data.folder).pid > 0;
    if (running && !options.yes && ::isatty(0) == 1 && is_writing_a_reply(loaded->settings)) {
        fmt::print("A reply is being written. Restart all the same? [y/N] ");
        std::fflush(stdout);
        std::string answer;
        std::getline(std::cin, answer);
        if (answer != "y" && answer != "Y" && answer != "yes") return 1;
    }
    if (options.delay_s > 0) std::this_thread::sleep_for(std::chrono::seconds(options.delay_s));
    const int stopped = run_stop(flags);
    return stopped != 0 || options.no_start ? stopped : run_start(flags);
}

}  // namespace loci

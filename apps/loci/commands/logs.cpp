// `loci logs`: what the server wrote down, and everything about one request with --id.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <deque>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/core.h>

#include "api/app/answers.hpp"
#include "commands/commands.hpp"
#include "commands/console.hpp"
#include "json/describe.hpp"
#include "pid_file.hpp"

namespace loci {
namespace {

constexpr int kFollowedLines = 1'000;
constexpr std::chrono::milliseconds kFollowEvery{700};
std::atomic<bool> g_stop = false;

void on_follow_end(int) {
    g_stop = true;
}

void print_line(const app::LogLine& line) {
    const auto seconds = static_cast<std::time_t>(line.time_ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    fmt::print("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} {:<5} {:<8} {}", parts.tm_year + 1900,
               parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
               line.time_ms % 1000, line.level, line.category, line.message);
    for (const auto& [key, value] : line.fields) fmt::print("  {}={}", key, value);
    fmt::print("\n");
}

base::Result<app::LogLines> fetch(ServerConsole& console, const LogsOptions& options, int limit) {
    std::string path = fmt::format("/api/logs?limit={}", limit);
    if (!options.id.empty()) path += "&id=" + http::url_encode(options.id);
    if (!options.level.empty()) path += "&level=" + http::url_encode(options.level);
    TRY(answer, console.ask("GET", path));
    return json::to<app::LogLines>(answer);
}

int show_table(const config::Settings& settings, const LogsOptions& options) {
    ServerConsole console(settings);
    auto lines = fetch(console, options, options.lines);
    if (!lines) {
        complain(lines.error().text());
        return 1;
    }
    if (lines->records.empty() && !options.follow) {
        complain(options.id.empty() ? "nothing was logged yet"
                                    : "nothing was logged for " + options.id);
        return options.id.empty() ? 0 : 1;
    }
    std::signal(SIGINT, on_follow_end);
    long long last = 0;
    for (;;) {
        for (const auto& line : lines->records) {
            if (line.id > last) print_line(line);
            last = std::max(last, line.id);
        }
        std::fflush(stdout);
        if (!options.follow || g_stop) return 0;
        std::this_thread::sleep_for(kFollowEvery);
        lines = fetch(console, options, kFollowedLines);
        if (!lines) {
            complain(lines.error().text());
            return 1;
        }
    }
}

int show_file(const config::Settings& settings, const LogsOptions& options) {
    const std::string path = settings.logging.file.empty() ? settings.data.folder + "/server.log"
                                                           : settings.logging.file;
    std::ifstream file(path);
    if (!file) {
        complain("Loci is not running, and there is no log file at " + path);
        return 1;
    }
    fmt::print(stderr, "Loci is not running; these lines are from {}\n", path);
    std::deque<std::string> last;
    for (std::string line; std::getline(file, line);) {
        if (line.find(options.id) == std::string::npos) continue;
        last.push_back(line);
        if (last.size() > static_cast<std::size_t>(options.lines)) last.pop_front();
    }
    for (const auto& line : last) fmt::print("{}\n", line);
    return last.empty() && !options.id.empty() ? 1 : 0;
}

}  // namespace

int run_logs(const ServeFlags& flags, const LogsOptions& options) {
    const auto loaded = load_settings(flags);
    if (!loaded) return loaded.error();
    const auto& settings = loaded->settings;
    if (running_server(settings.data.folder).pid > 0) return show_table(settings, options);
    if (!options.level.empty() || options.follow) {
        complain("--level and --follow need the running server; start it with `loci start`");
        return 1;
    }
    return show_file(settings, options);
}

}  // namespace loci

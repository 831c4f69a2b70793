#include "report.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "program.hpp"

namespace bench {
namespace {

std::string first_line(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string cpu_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

std::string number(const std::optional<double>& value) {
    if (!value) return "-";
    const double size = *value < 0 ? -*value : *value;
    return fmt::format("{:.{}f}", *value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

std::string verdict(const Line& line) {
    if (!line.target) return "";
    if (!line.value) return "not measured";
    const bool met =
        line.bound == Bound::at_most ? *line.value <= *line.target : *line.value >= *line.target;
    return met ? "met" : "NOT MET";
}

extern "C" void on_too_long(int) {
    constexpr char kText[] = "\nThe step above did not end in its time; giving up.\n";
    const auto written = write(STDERR_FILENO, kText, sizeof kText - 1);
    kill_started_programs();
    _exit(written > 0 ? 1 : 2);
}

extern "C" void on_interrupt(int) {
    kill_started_programs();
    _exit(130);
}

}  // namespace

void step(const std::string& what, unsigned seconds) {
    std::signal(SIGALRM, on_too_long);
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    fmt::print(stderr, "… {}\n", what);
    alarm(seconds);
}

Report::Report(std::string name)
    : name_(std::move(name)), load_at_start_(first_line("/proc/loadavg")) {
    // What this process logs itself would only stand between the steps.
    base::log::configure({base::log::Level::warn, base::log::Format::compact, {}});
}

void Report::detail(std::string key, json::Value value) {
    details_[key] = std::move(value);
}

void Report::add_peer(const std::string& key, double value) {
    const auto line = std::find_if(lines_.begin(), lines_.end(),
                                   [&](const Line& known) { return known.key == key; });
    if (line != lines_.end()) {
        line->peer = value;
    } else {
        lines_.push_back({key, key, "", {}, {}, Bound::at_most, "", value});
    }
}

void Report::print() const {
    alarm(0);
    print_table();
    fmt::print("{}\n", json::write_pretty(as_json()));
}

void Report::print_table() const {
    std::size_t width = 10;
    for (const Line& line : lines_) width = std::max(width, line.what.size());
    const std::string peer = peer_.empty() ? "" : fmt::format("{:>16}", peer_);
    fmt::print(stderr, "\n{:<{}} {:>9} {:>9} {:<6} {:<12}{}\n", name_, width, "measured", "target",
               "", "", peer);
    for (const Line& line : lines_) {
        const std::string bound = !line.target                   ? ""
                                  : line.bound == Bound::at_most ? "<= " + number(line.target)
                                                                 : ">= " + number(line.target);
        fmt::print(stderr, "{:<{}} {:>9} {:>9} {:<6} {:<12}{}{}\n", line.what, width,
                   number(line.value), bound, line.unit, verdict(line),
                   peer_.empty() ? "" : fmt::format("{:>16}", number(line.peer)),
                   line.note.empty() ? "" : "  " + line.note);
    }
    fmt::print(stderr, "{} cores, {}; load average {} before, {} after\n\n",
               std::thread::hardware_concurrency(), cpu_name(), load_at_start_.substr(0, 14),
               first_line("/proc/loadavg").substr(0, 14));
}

json::Value Report::as_json() const {
    json::Object machine;
    machine["cores"] = std::thread::hardware_concurrency();
    machine["cpu"] = cpu_name();
    machine["load_before"] = load_at_start_;
    machine["load_after"] = first_line("/proc/loadavg");
    json::Array lines;
    for (const Line& line : lines_) {
        json::Object object;
        object["key"] = line.key;
        object["what"] = line.what;
        object["unit"] = line.unit;
        object["value"] = line.value ? json::Value(*line.value) : json::Value(nullptr);
        if (line.target) {
            object["target"] = *line.target;
            object["bound"] = line.bound == Bound::at_most ? "at_most" : "at_least";
            object["verdict"] = verdict(line);
        }
        if (!line.note.empty()) object["note"] = line.note;
        if (line.peer) object["peer"] = *line.peer;
        lines.push_back(std::move(object));
    }
    json::Object all;
    all["bench"] = name_;
    all["machine"] = std::move(machine);
    if (!peer_.empty()) all["peer"] = peer_;
    all["lines"] = std::move(lines);
    all["details"] = details_;
    return all;
}

}  // namespace bench

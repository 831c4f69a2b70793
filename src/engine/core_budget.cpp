#include "engine/core_budget.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <string>

#include <sched.h>

#include <fmt/core.h>

namespace engine {
namespace {

// Logical processors that are threads of one core name the same siblings.
int physical_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    std::set<std::string> cores;
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        std::ifstream file(
            fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
        std::string siblings;
        if (!std::getline(file, siblings)) siblings = std::to_string(cpu);
        cores.insert(siblings);
    }
    return static_cast<int>(cores.size());
}

// Whole cores of the control group's quota; a large number when there is none.
int quota_cores() {
    std::ifstream file("/sys/fs/cgroup/cpu.max");
    long long quota = 0;
    long long period = 0;
    if (!(file >> quota >> period) || quota <= 0 || period <= 0) return 1024;
    return static_cast<int>(std::clamp(quota / period, 1LL, 1024LL));
}

}  // namespace

int core_budget(int most) {
    return std::clamp(std::min(physical_cores(), quota_cores()), 1, most);
}

int parse_running(std::string_view loadavg) {
    // "0.20 0.18 0.12 3/1084 4711": the fourth field is running/all.
    for (int field = 0; field < 3; ++field) {
        const auto space = loadavg.find(' ');
        if (space == std::string_view::npos) return 0;
        loadavg.remove_prefix(space + 1);
    }
    int running = 0;
    std::from_chars(loadavg.data(), loadavg.data() + loadavg.size(), running);
    return running;
}

ThreadTuner::Machine machine_now(int cores) {
    std::ifstream file("/proc/loadavg");
    std::string line;
    std::getline(file, line);
    const int others = parse_running(line) - 1;  // one of them is this thread
    return others >= cores ? ThreadTuner::Machine::busy : ThreadTuner::Machine::calm;
}

}  // namespace engine

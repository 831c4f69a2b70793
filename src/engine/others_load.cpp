#include "engine/others_load.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace engine {
namespace {

constexpr std::chrono::milliseconds kLeast{250};  // the kernel counts in steps of 10 ms

std::chrono::milliseconds own_time() {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) != 0) return std::chrono::milliseconds(0);
    const auto ms = [](const timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; };
    return std::chrono::milliseconds(ms(used.ru_utime) + ms(used.ru_stime));
}

}  // namespace

std::optional<std::chrono::milliseconds> OthersLoad::parse_spent(std::string_view stat,
                                                                 long ticks_per_second) {
    // "cpu  user nice system idle iowait irq softirq steal …": all but the two idle ones.
    if (!stat.starts_with("cpu ") || ticks_per_second <= 0) return std::nullopt;
    stat.remove_prefix(4);
    std::int64_t ticks = 0;
    for (int field = 0; field < 8; ++field) {
        while (stat.starts_with(' ')) stat.remove_prefix(1);
        std::int64_t value = 0;
        const auto read = std::from_chars(stat.data(), stat.data() + stat.size(), value);
        if (read.ec != std::errc{} || value < 0) return std::nullopt;
        stat.remove_prefix(static_cast<std::size_t>(read.ptr - stat.data()));
        if (field != 3 && field != 4) ticks += value;
    }
    return std::chrono::milliseconds(ticks * 1000 / ticks_per_second);
}

double OthersLoad::cores(Time now, Spent spent) {
    if (!asked_) {
        asked_ = now;
        spent_ = spent;
        return 0;
    }
    if (now - *asked_ < kLeast) return cores_;
    const std::chrono::duration<double, std::milli> passed = now - *asked_;
    const auto others = (spent.all - spent_.all) - (spent.own - spent_.own);
    cores_ = std::max(0.0, static_cast<double>(others.count()) / passed.count());
    asked_ = now;
    spent_ = spent;
    return cores_;
}

double OthersLoad::cores_now() {
    std::ifstream file("/proc/stat");
    std::string line;
    std::getline(file, line);
    const auto all = parse_spent(line, sysconf(_SC_CLK_TCK));
    return all ? cores(std::chrono::steady_clock::now(), {*all, own_time()}) : 0;
}

int threads_beside(double others, int most) {
    return std::clamp(most - static_cast<int>(std::lround(others)), 1, std::max(most, 1));
}

}  // namespace engine

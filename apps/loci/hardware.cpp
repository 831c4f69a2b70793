#include "hardware.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/core.h>
#include <sys/utsname.h>

#include "base/text.hpp"

namespace loci {
namespace {

namespace fs = std::filesystem;

// The value of the first line "name<separator>value" of a small system file.
std::string value_in(const fs::path& path, std::string_view name, char separator) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(name)) continue;
        const auto mark = line.find(separator);
        if (mark != std::string::npos)
            return std::string(base::trim(std::string_view(line).substr(mark + 1)));
    }
    return {};
}

long long memory(std::string_view name) {
    const std::string text = value_in("/proc/meminfo", name, ':');
    long long kilobytes = 0;
    std::from_chars(text.data(), text.data() + text.size(), kilobytes);
    return kilobytes * 1024;
}

std::string vendor_name(const std::string& id) {
    if (id == "0x10de") return "NVIDIA graphics";
    if (id == "0x1002") return "AMD graphics";
    if (id == "0x8086") return "Intel graphics";
    return {};
}

std::string find_gpu() {
    std::error_code error;
    for (const auto& card : fs::directory_iterator("/proc/driver/nvidia/gpus", error)) {
        const std::string model = value_in(card.path() / "information", "Model", ':');
        if (!model.empty()) return model;
    }
    for (const auto& node : fs::directory_iterator("/sys/class/drm", error)) {
        if (!node.path().filename().string().starts_with("renderD")) continue;
        std::ifstream file(node.path() / "device/vendor");
        std::string id;
        std::getline(file, id);
        if (auto name = vendor_name(id); !name.empty()) return name;
    }
    return {};
}

std::string system_name() {
    utsname names{};
    const bool known = ::uname(&names) == 0;
    std::string name = value_in("/etc/os-release", "PRETTY_NAME=", '=');
    std::erase(name, '"');
    if (!known) return name;
    return fmt::format("{}{}{} {} {}", name, name.empty() ? "" : ", ", names.sysname, names.release,
                       names.machine);
}

}  // namespace

app::Hardware look_at_hardware(fs::path place) {
    app::Hardware found;
    found.processor = value_in("/proc/cpuinfo", "model name", ':');
    found.cores = static_cast<int>(std::thread::hardware_concurrency());
    found.memory_bytes = memory("MemTotal");
    found.memory_free_bytes = memory("MemAvailable");
    found.gpu = find_gpu();
    found.system = system_name();
    std::error_code error;
    while (!fs::exists(place, error) && place.has_relative_path()) place = place.parent_path();
    const auto space = fs::space(place, error);
    if (!error) found.disk_free_bytes = static_cast<long long>(space.available);
    return found;
}

}  // namespace loci

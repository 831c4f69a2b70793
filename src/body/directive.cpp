#include "body/directive.hpp"

#include <array>

namespace body {
namespace {

constexpr std::array<std::string_view, 5> kActivityNames{"idle", "attentive", "listening",
                                                         "thinking", "speaking"};

}  // namespace

std::string_view activity_name(Activity activity) {
    return kActivityNames[static_cast<std::size_t>(activity)];
}

std::optional<Activity> activity_named(std::string_view name) {
    for (std::size_t i = 0; i < kActivityNames.size(); ++i) {
        if (kActivityNames[i] == name) return static_cast<Activity>(i);
    }
    return std::nullopt;
}

}  // namespace body

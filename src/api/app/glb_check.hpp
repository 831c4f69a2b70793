// Whether an uploaded file is what it says: a binary glTF that holds a VRM character or a VRM
// animation. Reads only the header and the JSON part; pure; any bytes are allowed. Errors:
// invalid_argument, with words that say what is wrong with the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace app {

struct GlbInfo {
    std::string kind;  // "VRM 0.x", "VRM 1.0", "VRM animation"
    std::string title;
    std::string licence;                 // a name or an address; empty: it does not say
    std::optional<double> seconds = {};  // of an animation, as it says itself: not checked
};

[[nodiscard]] base::Result<GlbInfo> check_character(std::string_view bytes);
[[nodiscard]] base::Result<GlbInfo> check_animation(std::string_view bytes);

}  // namespace app

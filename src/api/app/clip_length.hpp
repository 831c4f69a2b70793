// How long movements last, read from their files. Pure; any thread; any bytes are allowed: what
// cannot be told is left out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace app {

// Seconds by name of the clips in a pack (docs/rooms/body.md, LBC1); empty when it is none.
[[nodiscard]] std::map<std::string, double> pack_seconds(std::string_view pack);
// Of a .vrma or .bvh file, by the ending of its name. FBX keeps its times in compressed blocks; it
// is not opened here.
[[nodiscard]] std::optional<double> file_seconds(std::string_view name, std::string_view bytes);

}  // namespace app

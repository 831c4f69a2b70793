// The media type of a file by its name's ending. Pure; any thread.
#pragma once

#include <string_view>

namespace http::detail {

// "application/octet-stream" for unknown endings.
[[nodiscard]] std::string_view content_type_of(std::string_view file_name);

}  // namespace http::detail

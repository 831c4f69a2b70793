// load() with a text in place of the settings page's own file, to try a change before it is kept.
#pragma once

#include <string>

#include "config/load.hpp"

namespace config::detail {

[[nodiscard]] base::Result<Loaded> load_with_local(const LoadRequest& request,
                                                   const std::string& local_text);

}  // namespace config::detail

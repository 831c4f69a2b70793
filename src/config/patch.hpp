// Changes from the settings page. They go into the page's own file beside the config file
// (`config.local.yaml`, mode 0600, replaced atomically), so that the owner's file keeps its
// comments. One caller at a time; blocking file I/O of a few kilobytes.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/load.hpp"
#include "json/json.hpp"

namespace config {

struct Patched {
    Loaded loaded;                     // the settings now in force
    std::vector<std::string> changed;  // keys whose value is another one now
    std::vector<std::string> restart;  // of these, the ones that wait for a restart
};

// `patch` is {"server.port": 8080} or nested groups; null takes a change back. Texts are taken as
// they stand (no ${VAR}). A masked secret that comes back unchanged is left alone. Nothing is
// written unless everything is valid. Errors: invalid_argument (the key is in details),
// conflict (set by the environment or the command line, or the file needs mending), storage.
[[nodiscard]] base::Result<Patched> apply_patch(const LoadRequest& request, const Loaded& current,
                                                const json::Value& patch);

}  // namespace config

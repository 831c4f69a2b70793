// The layers of settings as flat lists of leaves: what a file, the environment or the command line
// says about which key. Names are checked here, values later.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/fields.hpp"
#include "config/load.hpp"
#include "config/tree.hpp"

namespace config::detail {

struct Leaf {
    const Field* field = nullptr;
    Node value;
    Place key_place;
    std::string alias;  // the other name under which it was found; empty: its own
};
using Layer = std::map<std::string, Leaf>;

// "llm.providers.work" or "speech.servers.work" for a key of one with a name, else the first part
// of the key.
[[nodiscard]] std::string section_of(std::string_view key);
// What a problem with this key does.
[[nodiscard]] Effect effect_of(std::string_view key);
[[nodiscard]] Problem make_problem(std::string key, const Place& place, std::string message,
                                   std::string hint = {});

// Unknown names become problems that name the nearest known one.
[[nodiscard]] Layer file_layer(const Node& root, std::vector<Problem>& problems);
[[nodiscard]] Layer environment_layer(const Variables& environment, std::vector<Problem>& problems);
[[nodiscard]] Layer command_line_layer(const std::vector<Override>& overrides,
                                       std::vector<Problem>& problems);

}  // namespace config::detail

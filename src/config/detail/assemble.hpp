// From checked values to the finished Settings: derived paths, rules between settings, sections
// that are switched off. Works on Loaded in place; never fails.
#pragma once

#include "config/detail/layers.hpp"
#include "config/load.hpp"

namespace config::detail {

// Picks the winner of each key (later layers win), checks it and fills `loaded.values`.
void merge(Loaded& loaded, const std::vector<Layer>& layers, const Variables& variables);
// Makes paths absolute and fills the empty ones.
void finish_paths(Loaded& loaded, const LoadRequest& request);
// Rules that concern more than one setting.
void check_together(Loaded& loaded);
// Gives sections with problems their defaults and notes the reason.
void switch_off(Loaded& loaded);
void build_settings(Loaded& loaded);

}  // namespace config::detail

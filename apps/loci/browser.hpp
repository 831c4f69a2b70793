// Opens the page in the person's browser. Any thread; never waits for it.
#pragma once

#include <string>

namespace loci {

// Whether somebody sits before a desktop of this machine.
[[nodiscard]] bool has_desktop();
void open_browser(const std::string& url);

}  // namespace loci

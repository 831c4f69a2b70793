// The settings of the log, put into force: at start, and again when they change. Any thread.
#pragma once

#include "config/settings.hpp"

namespace loci {

void configure_log(const config::Logging& logging);

}  // namespace loci

// How the settings say a conversation goes. Composition root; pure.
#pragma once

#include "chat/services.hpp"
#include "config/settings.hpp"

namespace loci {

[[nodiscard]] chat::ChatOptions chat_options(const config::Settings& settings);

}  // namespace loci

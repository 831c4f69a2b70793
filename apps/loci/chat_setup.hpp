// How the settings say a conversation goes. Composition root; pure.
#pragma once

#include "chat/model_router.hpp"
#include "chat/persona.hpp"
#include "chat/services.hpp"
#include "config/settings.hpp"

namespace loci {

[[nodiscard]] chat::ChatOptions chat_options(const config::Settings& settings);
[[nodiscard]] chat::Privacy privacy(const config::Settings& settings);
[[nodiscard]] chat::Personality personality(const config::Settings& settings);

}  // namespace loci

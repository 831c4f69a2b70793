// Servers that hear or speak over HTTP, from the settings: which there are, which of them the owner
// chose, and whether somebody answers there. Composition root; io thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/speech_http/speech_server.hpp"
#include "config/settings.hpp"

namespace loci {

using SpeechServers = std::vector<adapters::speech_http::SpeechServer>;

// All of them; what one does not say about language and key comes from the other settings, and the
// privacy rule holds for each.
[[nodiscard]] SpeechServers speech_servers(const config::Settings& settings);

// The server that an id means: "studio", or "studio/nova" for a voice or model there; null: none.
[[nodiscard]] const adapters::speech_http::SpeechServer* server_of(const SpeechServers& servers,
                                                                   std::string_view id);
// Is it offered as a voice, or only there to understand speech?
[[nodiscard]] bool offers_voice(const adapters::speech_http::SpeechServer& server);

// Asks it now and waits for the answer, five seconds at most; for the command line.
[[nodiscard]] base::Result<void> ask_server(adapters::speech_http::SpeechServer server,
                                            adapters::speech_http::Use use);

}  // namespace loci

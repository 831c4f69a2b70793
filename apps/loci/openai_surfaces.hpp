// OpenAiSurfaces: what programs written for OpenAI find here: the HTTP routes, the Realtime socket
// and the second port for early clients of it. Part of the composition root; io thread only.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "api/openai/openai_api.hpp"
#include "api/realtime/realtime_api.hpp"
#include "config/settings.hpp"
#include "speech_setup.hpp"

namespace loci {

struct SurfaceParts {
    async::Executor executor;
    async::Clock& clock;
    chat::ChatServices& chat;
    chat::Inbox& inbox;
    SpeechSetup* speech;  // null: the engine is off
    std::function<bool(std::string_view)> accepts;
    std::function<config::Speech()> wishes;  // as they are now
};

class OpenAiSurfaces {
public:
    OpenAiSurfaces(SurfaceParts parts, int realtime_port);

    void add_routes(http::Router& router);
    // Listens on server.realtime_port, where that is set; `options` are those of the server.
    [[nodiscard]] base::Result<void> open_port(http::ServerOptions options, http::Guard guard);
    [[nodiscard]] async::Task<void> close();

private:
    async::Executor executor_;
    int port_;
    openai::OpenAiApi openai_;
    realtime::RealtimeApi realtime_;
    std::unique_ptr<http::Server> early_clients_;
};

}  // namespace loci

#include "openai_surfaces.hpp"

#include <optional>
#include <utility>

#include "api/app/auth.hpp"

namespace loci {

namespace {

std::optional<ports::SpeechPorts> ports_of(SpeechSetup* speech) {
    if (speech == nullptr) return std::nullopt;
    return speech->all();
}

}  // namespace

OpenAiSurfaces::OpenAiSurfaces(SurfaceParts parts, int realtime_port)
    : executor_(parts.executor),
      port_(realtime_port),
      openai_({parts.executor, parts.clock, parts.chat.router, ports_of(parts.speech),
               [wishes = parts.wishes] {
                   const config::Speech now = wishes();
                   return openai::OwnersWishes{now.language, now.speed, now.wake_phrase};
               }}),
      realtime_({parts.executor, parts.clock, parts.chat, parts.inbox, ports_of(parts.speech),
                 [wishes = parts.wishes] { return wishes().language; }, app::Auth::owner(),
                 std::move(parts.accepts)}) {}

void OpenAiSurfaces::add_routes(http::Router& router) {
    openai_.add_routes(router);
    realtime_.add_routes(router);
}

base::Result<void> OpenAiSurfaces::open_port(http::ServerOptions options, http::Guard guard) {
    if (port_ == 0) return {};
    options.port = port_;
    // Moly names OpenAI's host in its request whatever address it connects to. That name is not for
    // others to point here, as a page would have to that wants in.
    options.allowed_hosts.emplace_back("api.openai.com");
    http::Router router;
    router.set_guard(std::move(guard));
    realtime_.add_bare_routes(router);
    early_clients_ =
        std::make_unique<http::Server>(executor_, std::move(router), std::move(options));
    return early_clients_->start();
}

async::Task<void> OpenAiSurfaces::close() {
    if (early_clients_) co_await early_clients_->close();
}

}  // namespace loci

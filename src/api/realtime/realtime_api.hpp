// RealtimeApi: /v1/realtime, the WebSocket that clients of the OpenAI Realtime API speak, in its
// current and its older form, and the HTTP routes that make short-lived keys for it. Owned by the
// composition root and outlived by what it refers to; io thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/realtime/secrets.hpp"
#include "api/realtime/session.hpp"
#include "http/server.hpp"

namespace realtime {

struct RealtimeContext {
    async::Executor executor;
    async::Clock& clock;
    chat::ChatServices& chat;
    chat::Inbox& inbox;
    std::optional<ports::SpeechPorts> speech;  // empty: the engine is off
    std::function<std::string()> language;     // as the owner has set it now
    base::PersonId person;
    // Whether a key or token opens this server; always true where there is no key.
    std::function<bool(std::string_view)> accepts;
};

class RealtimeApi {
public:
    explicit RealtimeApi(RealtimeContext context);
    RealtimeApi(const RealtimeApi&) = delete;
    RealtimeApi& operator=(const RealtimeApi&) = delete;

    void add_routes(http::Router& router);
    // Of a listener of its own for early clients, which connect to "/".
    void add_bare_routes(http::Router& router);

    [[nodiscard]] const RealtimeContext& context() const { return context_; }
    [[nodiscard]] Secrets& secrets() { return secrets_; }
    [[nodiscard]] async::WorkerThread& worker() { return worker_; }

private:
    RealtimeContext context_;
    Secrets secrets_;
    async::WorkerThread worker_;  // packs sound
};

}  // namespace realtime
